package cheats_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/cheats"
)

// A story that cannot be read, or played, says why.
func TestMistakesInStories(t *testing.T) {
	const head = "It happens.\n\nclause: 10.2\nwants: closed\nheld by: G15\n"
	for _, c := range []struct{ text, want string }{
		{"", "it does not say what happens"},
		{"It happens.\n\nwants: closed\n-- story --\nday 1: time goes by\n", "it names no clause"},
		{head, "nothing happens in it"},
		{"It happens.\n\nclause: 10.2\nheld by: G15\n-- story --\nday 1: time goes by\n", "nobody wants anything"},
		{"It happens.\n\nclause: 10.2\nwants: closed\n-- story --\nday 1: time goes by\n", "it names no guard"},
		{"It happens.\n\nmoral: none\n", `"moral" is no line of its head`},
		{"It happens.\n\nmoral\n", "is no \"name: value\""},
		{head + "-- play --\n", `a part "play", which no story has`},
		{head + "-- record --\nColour: red\n", `"Colour" is no field of a record`},
		{head + "-- story --\nerik sings\n", "does not begin with a day"},
		{head + "-- story --\nday 3: time goes by\nday 1: time goes by\n", "day 1 comes after day 3"},
		{head + "-- story --\nday 3: erik sings\n", `"erik sings": no story says it like that`},
		{head + "-- story --\nday 3: karl triages it\n", "karl is none of the people"},
		{head + "-- story --\nday 3: erik moves it to mars\n", "mars is no state"},
		{head + "-- story --\nday 3: all goes as usual until it is odd\n", `nothing is usual until it is "odd"`},
		{head + "-- story --\nday 0: erik replaces \"x\" by \"y\" in Title\n", `"x" does not stand there`},
		{strings.Replace(head, "closed", "money", 1) + "-- story --\nday 0: time goes by\n", `"money" is nothing that anybody can want`},
	} {
		s, err := cheats.Parse("a-story", []byte(c.text))
		if err == nil {
			_, err = s.Play(register.DefaultPolicy())
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "a-story") {
			t.Errorf("%q: %v, want the story and %q", c.text, err, c.want)
		}
	}
}

// The corpus tells apart rules that hold from rules that do not: with the guards of a story
// switched off, no story is held by them any more, and most cheats come to what they want.
func TestTheProofCanFail(t *testing.T) {
	stories, err := cheats.All()
	if err != nil {
		t.Fatal(err)
	}
	const fewest = 80
	slipped := 0
	for _, s := range stories {
		p := register.DefaultPolicy()
		for _, id := range s.Expects {
			if q, err := p.With(id, false, ""); err == nil {
				p = q
			}
		}
		l, err := s.Play(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range l.By {
			if p.Disabled[id] {
				t.Errorf("%s: %s by %s, which is switched off", s.Name, l.Outcome, id)
			}
		}
		if l.Outcome == cheats.Slipped {
			slipped++
		}
	}
	if slipped < fewest {
		t.Errorf("%d cheats slip without their guards, want %d at least", slipped, fewest)
	}
}

// Each guard that a story can need is needed by one: the corpus reaches the rules that
// decide about people, changes and words.
func TestTheCorpusNeedsTheGuards(t *testing.T) {
	stories, err := cheats.All()
	if err != nil {
		t.Fatal(err)
	}
	var needed []string
	for _, s := range stories {
		needed = append(needed, s.Expects...)
	}
	for _, id := range []string{"G02", "G03", "G04", "G05", "G07", "G08", "G12", "G14", "G15", "G16", "G20", "G21", "G22", "G23", "G24", "G25", "G26", "G28", "G29"} {
		if !slices.Contains(needed, id) {
			t.Errorf("no story needs %s", id)
		}
	}
}

// Prove counts what came of all stories, and says when it is not well.
func TestProve(t *testing.T) {
	sound, err := cheats.Prove(register.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	if sound.Total+sound.Honest != len(sound.Lines) || sound.Held+sound.Flagged != sound.Total || !sound.Sound() {
		t.Errorf("Prove(shipped) = %d of %d held, %d flagged, %d slipped, %d of %d honest ones stopped", sound.Held, sound.Total, sound.Flagged, sound.Slipped, sound.Stopped, sound.Honest)
	}
	loose, err := register.DefaultPolicy().With("G15", false, "")
	if err != nil {
		t.Fatal(err)
	}
	if p, err := cheats.Prove(loose); err != nil || p.Sound() || p.Slipped == 0 {
		t.Errorf("Prove without G15: %d slipped, sound %t, %v", p.Slipped, p.Sound(), err)
	}
	strict, err := register.DefaultPolicy().With("G23", true, register.Must)
	if err != nil {
		t.Fatal(err)
	}
	strict.WaitDays = map[register.Grade]int{register.Major: 400, register.Minor: 400, register.GradeOFI: 400}
	p, err := cheats.Prove(strict)
	if err != nil || p.Sound() || p.Stopped == 0 {
		t.Errorf("Prove with 400 days to wait: %d honest ones stopped, sound %t, %v", p.Stopped, p.Sound(), err)
	}
	for _, l := range p.Lines {
		if l.Outcome == cheats.Stopped && !slices.Contains(l.By, "G14") {
			t.Errorf("%s is stopped by %v, want G14", l.Name, l.By)
		}
	}
}
