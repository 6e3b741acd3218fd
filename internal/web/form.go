package web

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// A Form is what a person fills in to do something.
type Form struct {
	Name   string // begins the ids of its elements
	Action string // address that takes it
	Inputs []Input
	Hidden []Hidden
	Submit string // words of the button
	Proof  Proof
	// Back is where a person goes who does not send it.
	Back string
	// Get makes what is typed a part of the address: the form looks, and changes nothing.
	Get bool
}

func (f Form) method() string {
	if f.Get {
		return "get"
	}
	return "post"
}

// An Input is one field of a form with what was given.
type Input struct {
	service.Input

	Given string
	Fault *service.InputFault
}

// A Hidden is a value that goes with a form and is not shown.
type Hidden struct{ Name, Value string }

// A Proof asks a person to prove anew who they are before a decision counts.
type Proof struct {
	Needed   bool
	Password bool   // with a password of conformd
	Provider string // address of the sign-in service of the organisation, "" for none
	Fault    string // why the proof that was given is none
}

func (f Form) id(name string) string { return f.Name + "-" + name }

// faults are those of its inputs.
func (f Form) faults() []Input {
	return slices.DeleteFunc(slices.Clone(f.Inputs), func(i Input) bool { return i.Fault == nil })
}

// long reports whether an input takes several lines.
func (i Input) long() bool { return i.Type == register.TypeText || i.Type == register.TypeSet }

// lines is the height of an input of several lines.
func (i Input) lines() string { return number(min(14, max(3, strings.Count(i.Given, "\n")+2))) }

// choices are what is chosen from, with the value that is there, even if it could not be chosen now.
func (i Input) choices() []service.Option {
	out := slices.Clone(i.Options)
	if !slices.ContainsFunc(out, func(o service.Option) bool { return o.Value == i.Given }) {
		if i.Given != "" {
			return append([]service.Option{{Value: i.Given, Label: i.Given}}, out...)
		}
		return append([]service.Option{{Label: "(none)"}}, out...)
	}
	if !i.Needed {
		return append([]service.Option{{Label: "(none)"}}, out...)
	}
	return out
}

// hint is what helps with an input before it is sent.
func (i Input) hint() string {
	switch {
	case i.Hint != "":
		return i.Hint
	case i.Type == register.TypeDate:
		return "As in 2026-12-31"
	case i.Type == register.TypeSet:
		return "One a line"
	}
	return ""
}

// described names the elements that describe an input.
func (f Form) described(i Input) string {
	var ids []string
	if i.hint() != "" {
		ids = append(ids, f.id(i.Name)+"-hint")
	}
	if i.Fault != nil {
		ids = append(ids, f.id(i.Name)+"-fault")
	}
	return strings.Join(ids, " ")
}
