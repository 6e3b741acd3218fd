package signin

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A hash is matched by its password alone, and says with which settings it was made.
func TestPasswordHash(t *testing.T) {
	hash := hashed("a quiet lake in the morning")
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || hash == hashed("a quiet lake in the morning") {
		t.Errorf("the hash is %s, want one of its own salt", hash)
	}
	for password, want := range map[string]bool{"a quiet lake in the morning": true, "a quiet lake in the evening": false, "": false} {
		if ok, err := matches(password, hash); ok != want || err != nil {
			t.Errorf("matches(%q) = %t, %v, want %t", password, ok, err, want)
		}
	}
	if ok, err := matches("", nobody()); ok || err != nil {
		t.Errorf("the hash of nobody is matched: %t, %v", ok, err)
	}
	for _, bad := range []string{"", "x", "$argon2i$v=19$m=1,t=1,p=1$AA$AA", strings.Replace(hash, "t=2", "t=0", 1), strings.Replace(hash, "m=19456", "m=99999999", 1), strings.Replace(hash, "v=19", "v=18", 1), hash[:len(hash)-4], hash + "$"} {
		if ok, err := matches("a quiet lake in the morning", bad); ok || err == nil {
			t.Errorf("matches with the hash %q = %t, %v, want an error", bad, ok, err)
		}
	}
}

// A proof of identity is fresh for five minutes; one of the future is none but for what clocks may differ, and neither is one of which the time is not known.
func TestFresh(t *testing.T) {
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for age, want := range map[time.Duration]bool{0: true, 5 * time.Minute: true, 5*time.Minute + time.Second: false, -time.Second: true, -2 * time.Minute: false} {
		d := New(Options{Now: func() time.Time { return at.Add(age) }})
		if got := d.Fresh(Signed{At: at}); got != want {
			t.Errorf("after %s a proof is fresh: %t, want %t", age, got, want)
		}
		if d.Fresh(Signed{}) {
			t.Error("a proof of no time is fresh")
		}
	}
}

func TestWeakPasswords(t *testing.T) {
	for password, weakly := range map[string]bool{
		"a quiet lake in the morning": false, "grüne Wiesen im März": false, "漢字漢字一二三四五六七八九十百千": false,
		"": true, "short": true, "fourteen chars": true, "aaaaaaaaaaaaaaaaaaaa": true, "abababababababababab": true, "irene and her password": true, strings.Repeat("lake ", 300): true,
	} {
		if why := weak(password, "irene"); (why != "") != weakly {
			t.Errorf("weak(%q) = %q, want weak: %t", password, why, weakly)
		}
	}
}

// However guesses are spread over names and time, an hour has room for few of them.
func TestGuessesPerHour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g, now := newGuesses(), time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		taken, end := map[string]int{}, now.Add(time.Hour)
		for range rapid.IntRange(1, 400).Draw(t, "guesses") {
			now = now.Add(time.Duration(rapid.IntRange(0, 60).Draw(t, "seconds")) * time.Second)
			if now.After(end) {
				break
			}
			name := rapid.SampledFrom([]string{"ada", "irene", "nobody"}).Draw(t, "name")
			if _, ok := g.take(name, now); ok {
				taken[name]++
			}
		}
		for name, n := range taken {
			if n > freeGuesses+8 { // locks of 1, 2, 4, 8 and then 15 minutes
				t.Fatalf("%d guesses for %s within an hour", n, name)
			}
		}
	})
}

// The overall limit holds for any number of names, and none is kept for longer than it counts.
func TestGuessesOfManyNames(t *testing.T) {
	g, now := newGuesses(), time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	taken := 0
	for i := range 10_000 {
		if _, ok := g.take(strings.Repeat("n", i%7)+string(rune('a'+i%26))+time.Duration(i).String(), now); ok {
			taken++
		}
		now = now.Add(100 * time.Millisecond)
	}
	if taken < 900 || taken > 1100 {
		t.Errorf("%d guesses in 1000 seconds, want one a second", taken)
	}
	now = now.Add(2 * time.Hour)
	if _, ok := g.take("another", now); !ok || len(g.names) != 1 {
		t.Errorf("%d names are kept", len(g.names))
	}
}
