package verify

// maxKept is how many findings of one code are kept until the report is made, so that
// a log of nothing but faults does not fill the memory. The first ones count: they are
// found in the order of the entries.
const maxKept = 64 * maxFindings

// findings collects what is wrong.
type findings struct {
	list    []Finding
	of      map[Code]int
	omitted int64
}

// add adds findings, and counts those beyond maxKept of their code.
func (f *findings) add(fs ...Finding) {
	for _, x := range fs {
		if f.of == nil {
			f.of = map[Code]int{}
		}
		if f.of[x.Code]++; f.of[x.Code] > maxKept {
			f.omitted++
			continue
		}
		f.list = append(f.list, x)
	}
}

// merge adds the findings of g.
func (f *findings) merge(g *findings) {
	f.add(g.list...)
	f.omitted += g.omitted
}
