package verify

import (
	"fmt"
	"strings"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
)

// say puts into words what was checked and what was not.
func (v *verification) say(beside string) {
	r := v.rep
	checked := func(format string, args ...any) { r.Checked = append(r.Checked, fmt.Sprintf(format, args...)) }
	not := func(format string, args ...any) { r.NotChecked = append(r.NotChecked, fmt.Sprintf(format, args...)) }

	if r.Key != "" {
		checked("the signature of the checkpoint, by the key %s%s", r.Key, v.sameKey())
	}
	checked("%s against the signed hash over all of them", audit.Plural(v.edge.N, "entry", "entries"))
	if beside != "" {
		checked("%s", beside)
	}
	if v.held != nil {
		checked("that the first %s are those of the checkpoint held from before%s", audit.Plural(v.held.Size, "entry", "entries"), v.continuedWords())
	}
	if r.Sound {
		v.sayMeaning(checked)
	} else {
		not("what the entries say (writes and their outcomes, personal data), because they are not the entries that were signed")
	}
	switch {
	case !r.Sound:
	case !r.Compared:
		not("whether the register is what the log tells: its rows are not here")
	case r.Unknown > 0:
		not("%s of the register: what the log told of them was erased", audit.Plural(r.Unknown, "value", "values"))
	}
	if r.Waiting > 0 {
		not("%s of the register that an earlier version left: conformd migrate, or the next start, carries them into the log", audit.Plural(r.Waiting, "record", "records"))
	}
	if len(r.Extra) > 0 {
		more := ""
		if r.ExtraOmitted > 0 {
			more = fmt.Sprintf(" and %d more", r.ExtraOmitted)
		}
		not("files that are no part of the export: %s%s", strings.Join(r.Extra, ", "), more)
	}
	for _, x := range r.Restores {
		if x.Origin == "" && v.given != nil && v.given.Origin == v.at.Origin && v.given.Size > x.Size {
			not("whether the held checkpoint of %s is one of the log before the restore that entry %d tells of (%s): the entries from %d on that it was taken of are not here",
				audit.Plural(r.HeldSize, "entry", "entries"), x.Seq, lostWords(x), x.Size)
		}
	}
	switch {
	case v.held == nil && v.given != nil: // there is a finding
	case v.held == nil:
		not("whether the end of the log was cut off together with its checkpoint, or all of it written anew by somebody who has the signing key. " +
			"Only a checkpoint from before, kept outside, can show that, and none was held against it")
	case v.held.Size < r.Size:
		not("whether entries %d to %d, which came after the held checkpoint, were written anew by somebody who has the signing key: the next check against today's checkpoint will show it", v.held.Size, r.Size-1)
	}
	not("whether what was written is true, whether everything was written, and whether the clock was right: no check of a log can show that")
}

func (v *verification) sayMeaning(checked func(string, ...any)) {
	r := v.rep
	if r.Read == v.edge.N {
		checked("the form of each entry")
	} else {
		checked("the form of %s of them, a sample beside those that the next points need", audit.Plural(r.Read, "entry", "entries"))
	}
	line := fmt.Sprintf("%s to trackers, each with one recorded outcome", audit.Plural(r.Intents, "write", "writes"))
	if len(r.Open) > 0 {
		line += fmt.Sprintf(" (still under way when the log ended: %s)", numbers(r.Open))
	}
	checked("%s", line)
	checked("%s against what the entries commit to; %s erased, as an entry says of each",
		audit.Plural(r.Disclosed, "piece of personal data", "pieces of personal data"), audit.Plural(r.Erased, "was", "were"))
	if r.Compared {
		checked("the %s of the register against what the log tells of them, read from its beginning", audit.Plural(r.Records, "record", "records"))
	}
	if v.o.MaxAge > 0 && !v.o.Now.IsZero() {
		checked("that the last entry is not older than %s", v.o.MaxAge)
	}
}

// sameKey says that the key which signed is one that the reader gave, if it has another name.
func (v *verification) sameKey() string {
	for _, k := range v.keys {
		if given := fmt.Sprintf("%s+%08x", k.Name(), k.KeyHash()); given == v.rep.Key {
			return ""
		}
	}
	return fmt.Sprintf(": the given key of %s, under the name that the log has since its restore", tree.FirstName(v.at.Origin))
}

// continuedWords says that the held checkpoint has another name than the log.
func (v *verification) continuedWords() string {
	if v.since == nil {
		return ""
	}
	return fmt.Sprintf(": an older checkpoint of the log %s, which this log continues since entry %d", v.held.Origin, v.since.Seq)
}

func lostWords(x audit.Restore) string {
	if x.LostSize == 0 {
		return "which head was lost is not known"
	}
	return fmt.Sprintf("the head that was lost has %s and the root %s", audit.Plural(x.LostSize, "entry", "entries"), x.LostRoot)
}

func numbers(ns []int64) string {
	s := make([]string, len(ns))
	for i, n := range ns {
		s[i] = fmt.Sprint(n)
	}
	return "entry " + strings.Join(s, ", ")
}
