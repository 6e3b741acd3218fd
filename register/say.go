package register

import (
	"slices"

	"github.com/conformd/conformd/register/message"
)

// A Message is what a person is told by the register, in no language yet; its String is in
// English.
type Message = message.Message

// say returns a message with arguments: a name and a value in turn. The name of a field, a
// state and the like is put into the language of the reader.
func say(id string, args ...any) *Message {
	for i, a := range args {
		switch a := a.(type) {
		case Field:
			args[i] = message.Term(label(a))
		case State:
			args[i] = message.Term(a)
		case Outcome:
			args[i] = message.Term(a)
		case Milestone:
			args[i] = message.Term(a.Words())
		case LinkKind:
			args[i] = message.Term(a.Words())
		}
	}
	return message.New(id, args...)
}

// about is say for a sentence about a field, which may stand in it as {{.Field}}.
func about(f Field, id string, args ...any) *Message {
	return say(id, slices.Concat([]any{"Field", f}, args)...)
}

// quoted shortens the words of people for a sentence.
func quoted(s string) message.Quote { return message.Quote(brief(s)) }

// byRole, dated and term give arguments their kind.
func byRole(names string) message.Roles { return message.Roles(names) }
func dated(day string) message.Day      { return message.Day(day) }
func term(word string) message.Term     { return message.Term(word) }
