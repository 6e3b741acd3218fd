package verify

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
)

// names holds that the log has the name that its entries give it: its first one, and since
// each restore the one that the restore names. It also compares what a restore says of the
// entries before it with those entries.
func (v *verification) names() {
	name := tree.FirstName(v.at.Origin)
	for _, x := range v.facts.restores {
		if x.Origin == "" {
			continue // earlier versions left the log its name
		}
		if root := v.before[x.Seq].String(); x.Size != x.Seq || x.Root != root {
			v.find(Finding{
				Code: BadRestore, Seq: x.Seq, Where: "entry", Want: fmt.Sprintf("%d entries, root %s", x.Size, x.Root), Got: fmt.Sprintf("%d entries, root %s", x.Seq, root),
				Text: fmt.Sprintf("entry %d says that the log was set back to a backup, and the entries before it are not those of that backup", x.Seq),
			})
		}
		if x.Former != name {
			v.find(Finding{
				Code: BadRestore, Seq: x.Seq, Where: "entry", Want: x.Former, Got: name,
				Text: fmt.Sprintf("entry %d says that the backup was one of another log than the one that stands before it", x.Seq),
			})
		}
		name = x.Origin
	}
	if name != v.at.Origin {
		v.find(Finding{
			Code: Renamed, Seq: -1, Where: "checkpoint", Want: name, Got: v.at.Origin,
			Text: "the checkpoint gives the log a name that no entry gives it: a log gets another name by a restore alone, and the entry of the restore says so",
		})
	}
}

// standsToGiven compares the log with a checkpoint of another name that the reader holds.
// A checkpoint of its own name was compared with its entries before.
func (v *verification) standsToGiven() {
	c := v.given
	if c == nil || c.Origin == v.at.Origin {
		return
	}
	s, by := stands(v.at.Origin, v.facts.restores, *c)
	switch s {
	case continued:
		v.held, v.since = c, by
		v.sameBeginning(heldCheckpoint)
	case cutOff:
		v.find(v.cutOff(c, by))
	default:
		text := "the checkpoint to hold the log against is of another log"
		if tree.FirstName(c.Origin) == tree.FirstName(v.at.Origin) {
			text += ": both began under one name, and no entry of this log tells of a restore that leads from one to the other. It may be an older copy"
		}
		v.find(Finding{Code: Forked, Seq: -1, Where: heldCheckpoint, Want: c.Origin, Got: v.at.Origin, Text: text})
	}
}

// sameBeginning holds that the log begins with the entries under the held checkpoint.
func (v *verification) sameBeginning(where string) {
	if v.givenRoot != v.held.Root {
		v.find(Finding{
			Code: Forked, Seq: -1, Where: where, Want: tlog.Hash(v.held.Root).String(), Got: v.givenRoot.String(),
			Text: fmt.Sprintf("the first %d entries are not those that the held checkpoint was taken of: the history was written anew", v.held.Size),
		})
	}
}

// cutOff is the finding about a checkpoint of entries that a restore removed. Where the
// restore names the head of exactly these entries, it must be the same.
func (v *verification) cutOff(c *tree.Checkpoint, by *audit.Restore) Finding {
	root := tlog.Hash(c.Root).String()
	if c.Origin == by.LostOrigin && c.Size == by.LostSize && root != by.LostRoot {
		return Finding{
			Code: Forked, Seq: by.Seq, Where: heldCheckpoint, Want: root, Got: by.LostRoot,
			Text: fmt.Sprintf("entry %d names the log that its restore replaced, of %s, and it is not the one that the held checkpoint was taken of", by.Seq, audit.Plural(by.LostSize, "entry", "entries")),
		}
	}
	text := fmt.Sprintf("the held checkpoint was taken of %s. The restore of entry %d kept the first %d of them and removed the others, as this log says itself (%s)",
		audit.Plural(c.Size, "entry", "entries"), by.Seq, by.Size, by.Reason)
	if c.Origin != by.Former {
		text = fmt.Sprintf("the held checkpoint was taken of the log %s. The restore of entry %d replaced it by a backup of %s, as this log says itself (%s)",
			c.Origin, by.Seq, by.Former, by.Reason)
	}
	return Finding{
		Code: CutOff, Seq: by.Seq, Where: heldCheckpoint, Want: fmt.Sprintf("%s, %d entries, root %s", c.Origin, c.Size, root),
		Got:  fmt.Sprintf("%s, which continues the first %d entries of %s", by.Origin, by.Size, by.Former),
		Text: text + ". Ask for the export that was made before the restore, and check it against the same checkpoint",
	}
}
