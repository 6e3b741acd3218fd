package verify

import (
	"cmp"
	"context"
	"encoding/hex"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/tree"
)

// maxFindings is how many findings of one code a report holds; the rest is counted.
const maxFindings = 16

// A verification is one check of a log, of a database or of a directory.
type verification struct {
	o    Options
	keys tree.Keyring
	rep  *Report
	at   tree.Checkpoint // of the log
	// given is the checkpoint of the reader, and held the same once it is certain that the
	// log must have the entries under it. Since is the restore after which the log has
	// another name than held, nil if it has the same.
	given, held *tree.Checkpoint
	since       *audit.Restore
	own         findings

	facts     facts
	edge      tree.Edge
	root      tlog.Hash // of the first at.Size entries, once the edge has passed them
	givenRoot tlog.Hash // of the first given.Size
	// before has the root of the entries before each restore, by the number of its entry.
	before map[int64]tlog.Hash
	tiles  tree.Tiler
	// long returns a long text that an entry of a bundle names, for a replay.
	long func(b *bundle, sha256 string) (string, bool)
}

func newVerification(v tree.Verifier, o Options) *verification {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return &verification{
		o: o, keys: append(tree.Keyring{v}, o.Keys...), before: map[int64]tlog.Hash{}, rep: &Report{HeldSize: -1, Checked: []string{}, Findings: []Finding{}},
		tiles: tree.Tiler{Put: func(int, int64, []tlog.Hash) error { return nil }},
	}
}

// find adds a finding.
func (v *verification) find(fs ...Finding) { v.own.add(fs...) }

// checkpoint reads the checkpoint of the log. When the signature is bad that is a
// finding, and the check goes on with what the checkpoint says; false means that it
// says nothing.
func (v *verification) checkpoint(msg []byte, where string) bool {
	n, err := tree.OpenNote(msg, v.keys)
	if err == nil {
		v.rep.Key = fmt.Sprintf("%s+%08x", n.Sigs[0].Name, n.Sigs[0].Hash)
	} else {
		v.find(Finding{Code: BadSignature, Seq: -1, Where: where, Text: fmt.Sprintf("the checkpoint of the log is not signed by the key: %v", err)})
	}
	c, perr := tree.ReadCheckpoint(msg)
	if perr != nil {
		if err == nil {
			v.find(Finding{Code: Tampered, Seq: -1, Where: where, Text: perr.Error()})
		}
		return false
	}
	v.at = c
	v.rep.Origin, v.rep.Size, v.rep.Root = c.Origin, c.Size, tlog.Hash(c.Root).String()
	return true
}

// heldCheckpoint is where what is wrong with the checkpoint of the reader is found.
const heldCheckpoint = "held checkpoint"

// against reads the checkpoint that the reader holds, and compares what can be
// compared without the entries.
func (v *verification) against() {
	if v.o.Against == nil {
		return
	}
	n, err := tree.OpenNote(v.o.Against, v.keys)
	var c tree.Checkpoint
	if err == nil {
		c, err = tree.ParseCheckpoint(n.Text)
	}
	if err != nil {
		v.find(Finding{Code: BadSignature, Seq: -1, Where: heldCheckpoint, Text: fmt.Sprintf("the checkpoint to hold the log against cannot be used: %v", err)})
		return
	}
	v.rep.HeldSize, v.given = c.Size, &c
	switch {
	case c.Origin != v.at.Origin:
		v.rep.HeldOrigin = c.Origin // the restores of the log tell whether it continues that one
	case c.Size > v.at.Size:
		v.find(Finding{
			Code: Truncated, Seq: v.at.Size, Where: heldCheckpoint, Want: fmt.Sprint(c.Size), Got: fmt.Sprint(v.at.Size),
			Text: fmt.Sprintf("the log had %d entries when the checkpoint was taken, and has %d: at least %d are gone from the end, or an old copy was put back",
				c.Size, v.at.Size, c.Size-v.at.Size),
		})
	default:
		v.held = &c
	}
}

// A result is what a worker has made of a bundle.
type result struct {
	hashes []tlog.Hash
	facts  facts
}

// A loader gets a bundle; a worker calls it.
type loader func() *bundle

// bundles hashes what seq yields, in parallel, and takes the results in order.
func (v *verification) bundles(ctx context.Context, seq iter.Seq2[loader, error], compare func(*bundle, []tlog.Hash) []Finding) error {
	v.passed() // an empty log has a root as well
	type job struct {
		load loader
		done chan result
	}
	jobs := make(chan job)
	order := make(chan chan result, 4*v.o.Workers)
	var workers sync.WaitGroup
	for range v.o.Workers {
		workers.Go(func() {
			for j := range jobs {
				j.done <- v.hash(j.load(), compare)
			}
		})
	}
	collected := make(chan struct{})
	go func() {
		defer close(collected)
		for done := range order {
			v.take(<-done)
		}
	}()
	var err error
	for load, lerr := range seq {
		if err = cmp.Or(lerr, ctx.Err()); err != nil {
			break
		}
		done := make(chan result, 1)
		order <- done
		jobs <- job{load, done}
	}
	close(jobs)
	close(order)
	workers.Wait()
	<-collected
	return err
}

// hash is the work on one bundle.
func (v *verification) hash(b *bundle, compare func(*bundle, []tlog.Hash) []Finding) result {
	r := result{hashes: make([]tlog.Hash, len(b.spans))}
	r.facts.findings.add(b.findings...)
	all := v.at.Size <= sampleAll
	for i := range b.spans {
		r.hashes[i] = b.hash(i)
		seq, leaf := b.seq(i), b.leaf(i)
		told := v.o.Register != nil && tells(leaf)
		if e := r.facts.add(seq, leaf, all || told); e != nil && told {
			v.tale(b, seq, e, &r.facts)
		}
	}
	r.facts.findings.add(compare(b, r.hashes)...)
	return r
}

// take adds a bundle to the tree.
func (v *verification) take(r result) {
	v.facts.merge(&r.facts)
	for _, t := range r.facts.tales {
		v.o.Register.Apply(t.seq, t.told)
	}
	for _, h := range r.hashes {
		for _, x := range r.facts.restores { // seldom any
			if x.Seq == v.edge.N {
				v.before[x.Seq] = v.edge.Root()
			}
		}
		v.edge.Add(0, h)
		v.passed()
		// The tiler compares; what it finds is in the facts, and it has no error.
		_ = v.tiles.Add(0, h)
	}
}

// passed notes the root when the edge is at a size that somebody has signed.
func (v *verification) passed() {
	if v.edge.N == v.at.Size {
		v.root = v.edge.Root()
	}
	if v.given != nil && v.edge.N == v.given.Size {
		v.givenRoot = v.edge.Root()
	}
}

// roots compares the tree that was built with the checkpoints, and says whether the
// entries are those under the checkpoint of the log.
func (v *verification) roots(where string) bool {
	v.own.merge(&v.facts.findings)
	if v.edge.N < v.at.Size {
		return false // what is missing is found where it is missing
	}
	if v.edge.N > v.at.Size {
		v.find(Finding{
			Code: Tampered, Seq: v.at.Size, Where: where, Want: fmt.Sprint(v.at.Size), Got: fmt.Sprint(v.edge.N),
			Text: fmt.Sprintf("there are %d entries, and the signed checkpoint is of %d", v.edge.N, v.at.Size),
		})
	}
	if v.root != v.at.Root {
		v.find(Finding{
			Code: Tampered, Seq: -1, Where: where, Want: tlog.Hash(v.at.Root).String(), Got: v.root.String(),
			Text: fmt.Sprintf("the hash over the first %d entries is not the one that was signed: an entry was changed, added, removed or moved", v.at.Size),
		})
		return false
	}
	if v.held != nil {
		v.sameBeginning(where)
	}
	return v.edge.N == v.at.Size
}

// meaning checks what the entries say: pairs of intent and outcome, personal data,
// age. There is no point in it when they are not the entries that were signed.
func (v *verification) meaning(there map[place]auditdb.Disclosure) map[int64]intentState {
	r := v.rep
	r.Sound = true
	v.own.merge(&v.facts.malformed)
	r.First, r.Last = audit.StampTime(v.facts.first), audit.StampTime(v.facts.last)
	r.Read = v.facts.read
	r.Restores = v.facts.restores
	v.names()
	v.standsToGiven()
	now := cmp.Or(v.o.Now, r.Last)
	state, found := pairings(v.facts.events)
	v.find(found...)
	r.Intents = int64(len(state))
	r.Open, found = unpaired(state, now, cmp.Or(v.o.Grace, defaultGrace))
	v.find(found...)
	r.Disclosed, r.Erased, found = disclosed(&v.facts, there)
	v.find(found...)
	if v.o.MaxAge > 0 && !v.o.Now.IsZero() && v.o.Now.Sub(r.Last) > v.o.MaxAge {
		v.find(Finding{
			Code: Stale, Seq: -1, Where: "log", Want: v.o.MaxAge.String(), Got: v.o.Now.Sub(r.Last).Round(time.Second).String(),
			Text: "the last entry is older than it may be: the log has stopped, or this is an old copy",
		})
	}
	return state
}

// finish settles the report.
func (v *verification) finish() *Report {
	r := v.rep
	r.Findings, r.Omitted = append(r.Findings, v.own.list...), v.own.omitted
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		// Single entries first, and by number: uint64(-1) is the largest.
		return cmp.Or(cmp.Compare(uint64(a.Seq), uint64(b.Seq)), cmp.Compare(a.Where, b.Where), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Text, b.Text))
	})
	count := map[Code]int{}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		count[f.Code]++
		return count[f.Code] > maxFindings
	})
	for _, n := range count {
		r.Omitted += int64(max(0, n-maxFindings))
	}
	switch {
	case len(r.Findings) > 0:
		r.Result = Failed
	case v.held != nil:
		r.Result = Verified
	default:
		r.Result = VerifiedInPart
	}
	return r
}

func hexOf(b []byte) string { return hex.EncodeToString(b) }
