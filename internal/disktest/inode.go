package disktest

import (
	"math/rand/v2"
	"slices"
)

// sector is what a disk writes at once: less than a page of SQLite, so that pages
// tear.
const sector = 512

// An inode is the content of a file.
type inode struct {
	data    []byte  // as a process sees it
	durable []byte  // as it was at the last sync
	pending []write // since then
}

// A write is a change of a file that was not synced yet: bytes, or a new length.
type write struct {
	off  int64
	data []byte
	size int64 // of a truncation
	cut  bool  // it is a truncation
}

func (f *inode) copied() *inode {
	return &inode{data: slices.Clone(f.data), durable: slices.Clone(f.durable), pending: slices.Clone(f.pending)}
}

func (f *inode) write(p []byte, off int64) {
	w := write{off: off, data: slices.Clone(p)}
	f.pending = append(f.pending, w)
	f.data = put(f.data, off, p)
}

func (f *inode) truncate(size int64) {
	f.pending = append(f.pending, write{size: size, cut: true})
	f.data = resize(f.data, size)
}

// sync makes everything durable.
func (f *inode) sync() {
	for _, w := range f.pending {
		if w.cut {
			f.durable = resize(f.durable, w.size)
		} else {
			f.durable = put(f.durable, w.off, w.data)
		}
	}
	f.pending = nil
}

// forget is a sync that failed: each write is durable or not, and is not tried again.
func (f *inode) forget(rng *rand.Rand) {
	f.durable = f.after(rng)
	f.pending = nil
}

// after returns the content as a power cut leaves it.
func (f *inode) after(rng *rand.Rand) []byte {
	img := slices.Clone(f.durable)
	for _, w := range f.pending {
		if w.cut {
			if rng.IntN(2) == 0 {
				img = resize(img, w.size)
			}
			continue
		}
		for off, p := w.off, w.data; len(p) > 0; {
			n := min(int64(len(p)), sector-off%sector)
			img = tear(img, off, p[:n], rng)
			off, p = off+n, p[n:]
		}
	}
	return img
}

// tear writes what of one sector a power cut lets through: all, nothing, or its
// first or last bytes.
func tear(img []byte, off int64, p []byte, rng *rand.Rand) []byte {
	at := rng.IntN(len(p) + 1)
	switch rng.IntN(6) {
	case 0:
		return put(img, off, p[:at])
	case 1:
		return put(img, off+int64(at), p[at:])
	case 2, 3:
		return img
	default:
		return put(img, off, p)
	}
}

// put writes p into b at off, and fills what lies between with zeros.
func put(b []byte, off int64, p []byte) []byte {
	if len(p) == 0 {
		return b
	}
	if need := off + int64(len(p)); int64(len(b)) < need {
		b = resize(b, need)
	}
	copy(b[off:], p)
	return b
}

func resize(b []byte, n int64) []byte {
	if int64(len(b)) >= n {
		return b[:n]
	}
	if int64(cap(b)) < n {
		b = slices.Grow(b, int(n)-len(b)+int(n)/4)
	}
	old := len(b)
	b = b[:n]
	clear(b[old:])
	return b
}
