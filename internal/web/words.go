package web

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
)

// When returns a moment as the pages write it, "never" for none.
func When(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// Roles says roles as people read them.
func Roles(roles []access.Role) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = strings.ReplaceAll(string(r), "_", " ")
	}
	return strings.ReplaceAll(strings.Join(words, ", "), "isms", "ISMS")
}

// stamp is a moment in the form of the attribute datetime.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// standing returns the standing of a record, with a symbol before the words.
func standing(r register.Record) string { return standingAs(r.State, r.Requested) }

func standingAs(state, requested register.State) string {
	return present.Sign(state, requested) + " " + present.Standing(state, requested)
}

// signs are the marks that texts begin with. The words after one say the same.
const signs = "▲✓⇄◆●◐○–✗→="

// signed splits a text into the mark that it begins with, with the space behind it, and its words.
func signed(text string) (sign, words string) {
	if sign, words, ok := strings.Cut(text, " "); ok && sign != "" && strings.Contains(signs, sign) {
		return sign + " ", words
	}
	return "", text
}

// followed returns an address that is safe to follow, "" for any that is not plain http
// or https: it comes from a tracker.
func followed(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return ""
	}
	return u.String()
}

// or returns s, or the text that stands for nothing.
func or(s, nothing string) string {
	if s == "" {
		return nothing
	}
	return s
}

func number[N int | int64](n N) string { return fmt.Sprint(n) }
