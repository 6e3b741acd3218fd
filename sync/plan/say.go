package plan

import "github.com/conformd/conformd/register/message"

// say returns what people are told, in no language yet.
func say(id string, args ...any) message.Text { return message.New(id, args...).Text() }
