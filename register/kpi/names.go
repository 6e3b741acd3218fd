package kpi

// IDs returns the numbers of the figures, in the order of a sheet.
func IDs() []string {
	all := catalogue()
	out := make([]string, len(all))
	for i, f := range all {
		out[i] = f.id
	}
	return out
}

// Values returns the names of the values that a figure has in every period, whatever the register
// holds, and reports whether there is such a figure. Values of a group, such as those of one
// control, are there in some periods only and are left out.
func Values(id string) ([]string, bool) {
	for _, f := range catalogue() {
		if f.id != id {
			continue
		}
		var out []string
		for _, v := range f.counter(&Question{}).values() {
			out = append(out, v.Name)
		}
		return out, true
	}
	return nil, false
}
