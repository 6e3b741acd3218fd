package disktest

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/ncruces/go-sqlite3"
	"github.com/ncruces/go-sqlite3/vfs"
)

const create = vfs.OPEN_READWRITE | vfs.OPEN_CREATE

func opened(t *testing.T, d *Disk, name string) vfs.File {
	t.Helper()
	f, _, err := mounted{d}.Open(name, create)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wrote(t *testing.T, f vfs.File, off int64, p []byte) {
	t.Helper()
	if n, err := f.WriteAt(p, off); n != len(p) || err != nil {
		t.Fatalf("WriteAt = %d, %v, want %d", n, err, len(p))
	}
}

func synced(t *testing.T, f vfs.File) {
	t.Helper()
	if err := f.Sync(vfs.SYNC_NORMAL); err != nil {
		t.Fatal(err)
	}
}

func content(d *Disk, name string) []byte {
	if f := d.files[name]; f != nil {
		return f.data
	}
	return nil
}

func fill(c byte, n int) []byte { return bytes.Repeat([]byte{c}, n) }

// What was synced is there after every power cut; of what was not, each sector is
// kept, lost or torn, and all of that happens.
func TestPowerCut(t *testing.T) {
	d := New()
	f := opened(t, d, "a")
	wrote(t, f, 0, fill('o', 4*sector))
	synced(t, f)
	wrote(t, f, sector, fill('n', 2*sector))
	seen := map[string]int{}
	for seed := range uint64(2000) {
		got := content(d.PowerCut(rand.New(rand.NewPCG(seed, 1))), "a")
		if len(got) != 4*sector || !bytes.Equal(got[:sector], fill('o', sector)) || !bytes.Equal(got[3*sector:], fill('o', sector)) {
			t.Fatalf("seed %d: what was synced changed", seed)
		}
		what := ""
		for _, s := range [][]byte{got[sector : 2*sector], got[2*sector : 3*sector]} {
			switch bytes.Count(s, []byte("n")) {
			case 0:
				what += "lost "
			case sector:
				what += "kept "
			default:
				what += "torn "
			}
		}
		seen[what]++
	}
	if len(seen) != 9 {
		t.Errorf("2000 cuts ended in %v, want each of kept, lost and torn with each", seen)
	}
}

// The same cut with the same numbers leaves the same disk.
func TestPowerCutAgain(t *testing.T) {
	d := New()
	for _, name := range []string{"a", "b", "c"} {
		wrote(t, opened(t, d, name), 0, fill('x', 3*sector))
	}
	for seed := range uint64(50) {
		one, two := d.PowerCut(rand.New(rand.NewPCG(seed, 1))), d.PowerCut(rand.New(rand.NewPCG(seed, 1)))
		for _, name := range []string{"a", "b", "c"} {
			if !bytes.Equal(content(one, name), content(two, name)) {
				t.Fatalf("seed %d: %s differs", seed, name)
			}
		}
	}
}

func TestKill(t *testing.T) {
	d := New()
	f := opened(t, d, "a")
	wrote(t, f, 0, fill('o', sector))
	synced(t, f)
	wrote(t, f, 0, fill('n', sector))
	after := d.Kill()
	if got := content(after, "a"); !bytes.Equal(got, fill('n', sector)) {
		t.Errorf("after a kill the file starts with %q, want what was written", got[:1])
	}
	if _, err := f.WriteAt([]byte("x"), 0); !errors.Is(err, sqlite3.IOERR) {
		t.Errorf("a write of the killed process = %v, want IOERR", err)
	}
	lost := false
	for seed := range uint64(50) {
		lost = lost || bytes.Equal(content(after.PowerCut(rand.New(rand.NewPCG(seed, 1))), "a"), fill('o', sector))
	}
	if !lost {
		t.Error("50 power cuts after the kill all kept what was never synced")
	}
}

// A name is as durable as what is in it.
func TestNames(t *testing.T) {
	d := New()
	f := opened(t, d, "old")
	wrote(t, f, 0, fill('o', sector))
	synced(t, f)
	if err := (mounted{d}).Delete("old", false); err != nil {
		t.Fatal(err)
	}
	opened(t, d, "new")
	seen := map[[2]bool]bool{}
	for seed := range uint64(100) {
		after := d.PowerCut(rand.New(rand.NewPCG(seed, 1)))
		seen[[2]bool{after.files["old"] != nil, after.files["new"] != nil}] = true
	}
	if len(seen) != 4 {
		t.Errorf("a deleted and a new file were found as %v, want every combination", seen)
	}
	g := opened(t, d.copied(), "new")
	d = g.(*file).d
	synced(t, g)
	for seed := range uint64(100) {
		after := d.PowerCut(rand.New(rand.NewPCG(seed, 1)))
		if after.files["old"] != nil || after.files["new"] == nil {
			t.Fatalf("seed %d: after a sync of the folder the deleted file is there, or the new one is not", seed)
		}
	}
}

func TestStopAt(t *testing.T) {
	d := New()
	f := opened(t, d, "a")
	d.StopAt(3)
	for i := range 2 {
		wrote(t, f, int64(i), []byte("x"))
	}
	if d.Stopped() {
		t.Error("stopped before the third operation")
	}
	if err := f.Sync(vfs.SYNC_NORMAL); !errors.Is(err, sqlite3.IOERR) || !d.Stopped() {
		t.Errorf("the third operation = %v, stopped: %v, want IOERR and true", err, d.Stopped())
	}
	if got := d.Copy(); len(got.files["a"].durable) != 0 {
		t.Error("the operation at which the machine stopped was done")
	}
}

func TestLimit(t *testing.T) {
	d := New()
	f := opened(t, d, "a")
	d.Limit(2 * sector)
	wrote(t, f, 0, fill('x', 2*sector))
	if _, err := f.WriteAt([]byte("x"), 2*sector); !errors.Is(err, sqlite3.FULL) || !Refused(err) {
		t.Errorf("a write beyond the limit = %v, want FULL", err)
	}
	wrote(t, f, 0, fill('y', sector)) // in place
	d.Limit(0)
	wrote(t, f, 2*sector, fill('x', sector))
	if got := d.Used(); got != 3*sector {
		t.Errorf("Used = %d, want %d", got, 3*sector)
	}
}

// What a failed sync did not write, no later sync writes.
func TestFailSyncs(t *testing.T) {
	lost := 0
	for seed := range uint64(100) {
		d, rng := New(), rand.New(rand.NewPCG(seed, 1))
		f := opened(t, d, "a")
		wrote(t, f, 0, fill('o', sector))
		synced(t, f)
		wrote(t, f, 0, fill('n', sector))
		d.FailSyncs(1, rng)
		if err := f.Sync(vfs.SYNC_NORMAL); !errors.Is(err, sqlite3.IOERR_FSYNC) {
			t.Fatalf("Sync = %v, want IOERR_FSYNC", err)
		}
		if !bytes.Equal(content(d, "a"), fill('n', sector)) {
			t.Fatal("a failed sync changed what the process sees")
		}
		synced(t, f)
		if !bytes.Equal(content(d.PowerCut(rng), "a"), fill('n', sector)) {
			lost++
		}
	}
	if lost < 20 || lost > 80 {
		t.Errorf("of 100 failed syncs %d lost something, want many and not all", lost)
	}
}

func TestFlipBit(t *testing.T) {
	d := New()
	f := opened(t, d, "a")
	wrote(t, f, 0, fill(0, sector))
	synced(t, f)
	d.FlipBit("a", 8*17+3)
	want := fill(0, sector)
	want[17] = 8
	if got := content(d, "a"); !bytes.Equal(got, want) {
		t.Error("the file differs by another bit than the one that was flipped")
	}
}
