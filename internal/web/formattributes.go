package web

import "github.com/a-h/templ"

// attributes are those that describe an input to people who do not see it.
func (f Form) attributes(i Input) templ.Attributes {
	out := templ.Attributes{}
	if ids := f.described(i); ids != "" {
		out["aria-describedby"] = ids
	}
	if i.Fault != nil {
		out["aria-invalid"] = "true"
	}
	if i.Needed {
		out["required"] = true
	}
	return out
}
