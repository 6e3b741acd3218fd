package server

import (
	"fmt"
	"net/url"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// standing returns the standing of a record, with a symbol before the words.
func standing(r register.Record) string {
	return present.Sign(r.State, r.Requested) + " " + present.Standing(r.State, r.Requested)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// text returns a value of an entry as text.
func text(t *audit.Text) string {
	switch {
	case t == nil:
		return "(none)"
	case t.Commitment != "":
		return "(personal, kept beside the log)"
	case t.SHA256 != "":
		return fmt.Sprintf("(%d bytes, SHA-256 %.12s…)", t.Length, t.SHA256)
	case t.Value == "":
		return "(empty)"
	default:
		return t.Value
	}
}

// web returns an address that is safe to follow, "" for any that is not plain http
// or https: it comes from a tracker.
func web(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

func label(f register.Field) string {
	if info, ok := register.Info(f); ok {
		return info.Label
	}
	return string(f)
}
