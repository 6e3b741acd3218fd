package notices_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/internal/catalogue"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
)

// A person who speaks German reads the whole message in German, with German dates.
func TestAMessageInGerman(t *testing.T) {
	t.Parallel()
	de, ok := catalogue.In("de")
	if !ok {
		t.Fatal("there is no German")
	}
	news := func(k notices.Kind, ref string, d register.DueItem, q *register.Request) notices.News {
		return notices.News{Stage: notices.Stage{Kind: k, Person: "erik"}, Ref: ref, Title: "Konten bleiben aktiv", Item: d, Request: q}
	}
	names := present.Names{People: map[string]string{"erik": "Erik", "ira": "Ira"}}
	d := notices.Digest{Person: "erik", Day: "2026-11-29", Known: []string{"NC-2026-0009"}, News: []notices.News{
		news(notices.Asked, "NC-2026-0001", register.DueItem{}, &register.Request{Key: "implementation", To: "2026-12-15", By: "ira", At: time.Now(), Reason: "der Hersteller liefert im Dezember."}),
		news(notices.Asked, "NC-2026-0002", register.DueItem{}, &register.Request{Key: "exception", To: "2027-03-31", By: "ira", Reason: "die Schnittstelle wird ersetzt"}),
		news(notices.Escalated, "NC-2026-0003", register.DueItem{Milestone: register.MilestoneCause, Due: "2026-11-20", Missed: true, Who: "ira"}, nil),
		news(notices.Missed, "NC-2026-0004", register.DueItem{Milestone: register.MilestoneContainment, Due: "2026-11-28", Missed: true, Extended: 1, Asked: "2026-12-24"}, nil),
		news(notices.Coming, "NC-2026-0005", register.DueItem{Action: "A1", Title: "Abgleich einrichten", Due: "2026-12-06"}, nil),
		news(notices.Coming, "NC-2026-0006", register.DueItem{Exception: true, Due: "2026-11-30"}, nil),
	}}
	loss := news(notices.Gone, "NC-2026-0007", register.DueItem{}, nil)
	loss.Loss = &register.Loss{
		From: register.Verifying, To: register.Implementing, By: "ira", What: []string{"Root cause is missing", "what an older version said"},
		Said: []message.Text{message.New("{{.Field}} is missing", "Field", message.Term("Root cause")).Text()},
	}
	d.News = slices.Insert(d.News, 0, loss)
	got := d.Message(de, names, "https://register.acme.example")
	if want := "conformd: 1 mit weggefallenen Nachweisen, 2 zu entscheiden, 1 eskaliert, 1 versäumt, 2 anstehend am 29.11.2026"; got.Subject != want {
		t.Errorf("subject %q, want %q", got.Subject, want)
	}
	want := `Nachweise sind weggefallen, und der Eintrag ging zurück:
  NC-2026-0007 ging von Wirksamkeitsprüfung zurück auf Umsetzung, nach einer Änderung durch Ira („Ursache“ fehlt; what an older version said): Konten bleiben aktiv

Ihre Entscheidung ist gefragt (den Befehl nennt der Kommentar im Issue, ebenso conformd register show):
  NC-2026-0001 Ira bittet um einen späteren Termin für Umsetzung, 15.12.2026 (der Hersteller liefert im Dezember): Konten bleiben aktiv
  NC-2026-0002 Ira beantragt eine Ausnahme bis 31.03.2027 (die Schnittstelle wird ersetzt): Konten bleiben aktiv

An Sie eskaliert, weil der Termin verstrichen ist:
  NC-2026-0003 Ursache und Plan war am 20.11.2026 fällig, seit 9 Tagen überfällig (Ira): Konten bleiben aktiv

Versäumt:
  NC-2026-0004 Sofortmaßnahme war am 28.11.2026 fällig, seit 1 Tag überfällig (1-mal verlängert, 24.12.2026 ist beantragt): Konten bleiben aktiv

Demnächst fällig:
  NC-2026-0005 A1 Abgleich einrichten ist am 06.12.2026 fällig, in 7 Tagen: Konten bleiben aktiv
  NC-2026-0006 Ende der Ausnahme am 30.11.2026, morgen: Konten bleiben aktiv

An versäumte Termine wurden Sie schon erinnert: NC-2026-0009.

Alle Ihre Termine: conformd due list --owner erik
https://register.acme.example/`
	if diff := cmp.Diff(want, got.Text); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
	if english := d.Message(nil, names, ""); english.Subject != "conformd: 1 lost, 2 to decide, 1 escalated, 1 missed, 2 to come on 2026-11-29" {
		t.Errorf("the English subject is %q", english.Subject)
	}
}
