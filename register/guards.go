package register

// The tables of guards. A guard has its number from the design of the lifecycle,
// so that a number keeps its meaning; numbers without a row are not checked.

// guards returns all guards, in the order of their numbers.
func guards() []Rule {
	var all []Rule
	for _, group := range [][]Rule{nature(), cause(), plan(), review()} {
		all = append(all, group...)
	}
	return all
}

// allKinds is every kind of record.
func allKinds() []Kind {
	return []Kind{Nonconformity, PotentialNonconformity, Improvement, Observation}
}

// workKinds is every kind that has to be acted on.
func workKinds() []Kind { return []Kind{Nonconformity, PotentialNonconformity, Improvement} }

// causeKinds is every kind whose causes are looked for.
func causeKinds() []Kind { return []Kind{Nonconformity, PotentialNonconformity} }

// lacks collects what is missing.
type lacks []Lack

// add notes that what is missing at f.
func (l *lacks) add(f Field, what string) { *l = append(*l, Lack{f, what}) }

// need notes the field as missing if r says nothing in it.
func (l *lacks) need(r Record, f Field) {
	if !stated(r.Fields[f]) {
		l.add(f, label(f)+" is missing")
	}
}

// needDate notes the field unless it holds a date.
func (l *lacks) needDate(r Record, f Field) {
	v := r.Fields[f]
	if empty(v) {
		l.add(f, label(f)+" is missing")
	} else if _, ok := date(v); !ok {
		l.add(f, label(f)+" "+quote(v)+" is not a date like 2026-09-30")
	}
}

// needPerson notes the field unless it names a known person. Somebody unknown can
// be held to nothing, and might be anybody, the reviewer too.
func (l *lacks) needPerson(r Record, f Field, ctx Context) {
	v := r.Fields[f]
	if empty(v) {
		l.add(f, label(f)+" is missing")
	} else if !ctx.knows(v) {
		l.add(f, label(f)+" "+quote(v)+" is not a known person")
	}
}

// knows reports whether id is that of a known person.
func (c Context) knows(id string) bool {
	_, ok := c.People[id]
	return ok
}

// label returns the name of a field that people know.
func label(f Field) string {
	info, ok := Info(f)
	if !ok {
		return string(f)
	}
	return info.Label
}
