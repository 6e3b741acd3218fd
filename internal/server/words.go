package server

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// A missing is a rule that holds a record, with what it demands.
type missing struct {
	Rule, Clause, Sentence string
}

// missing returns the rules that hold a record from the end that was requested, as
// the daemon has noted them at its last look.
func (h *handler) missing(r register.Record) []missing {
	var out []missing
	for id := range strings.FieldsSeq(strings.ReplaceAll(r.Fields[register.FieldMissing], ",", " ")) {
		m := missing{Rule: id}
		if info, ok := h.rules[id]; ok {
			m.Clause, m.Sentence = register.Clause(info.Requirement, h.o.Edition), info.Sentence
		}
		out = append(out, m)
	}
	return out
}

func rules() map[string]register.RuleInfo {
	out := map[string]register.RuleInfo{}
	for _, i := range register.DefaultPolicy().Table() {
		out[i.ID] = i
	}
	return out
}

// standing says where a record stands, with a sign beside the word.
func standing(r register.Record) string {
	sign := "◐"
	switch {
	case r.Requested != "":
		sign = "▲"
	case r.State == register.Closed:
		sign = "✓"
	case r.State.Ended():
		sign = "–"
	case r.State == register.Reported:
		sign = "○"
	}
	return sign + " " + present.Standing(r.State, r.Requested)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func who(a audit.Actor) string {
	switch {
	case a.Kind == audit.Daemon:
		return "conformd"
	case a.Kind == audit.Unattributed:
		return "not known"
	case a.ID == "":
		return strings.ReplaceAll(string(a.Kind), "_", " ")
	default:
		return strings.ReplaceAll(string(a.Kind), "_", " ") + " " + a.ID
	}
}

// text says what an entry holds of a value.
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
