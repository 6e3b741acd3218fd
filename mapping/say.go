package mapping

import (
	"github.com/conformd/conformd/mapping/text"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// say returns what people are told, in no language yet. The name of a field is put into the
// language of the reader.
func say(id string, args ...any) message.Text {
	for i, a := range args {
		if f, ok := a.(register.Field); ok {
			info, _ := register.Info(f)
			args[i] = message.Term(info.Label)
		}
	}
	return message.New(id, args...).Text()
}

// quoted shortens the words of people for a sentence.
func quoted(s string) message.Quote { return message.Quote(text.Cut(s, 60, "")) }
