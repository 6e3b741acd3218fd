package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/notices"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func (s *session) noticesCommand() *cobra.Command {
	var person, at, to string
	list := s.jsonFlag(&cobra.Command{
		Use: "list", Short: "Messages that people were sent, and what became of each", Args: noArgs,
		Long: `Lists the messages of the last 90 days (sync.keep), the newest first. A failed message was refused or
tried in vain; what it told is told again the next day. A message of unknown fate had no
answer: it may have arrived and is not sent again.`,
		Example: "  conformd notices list\n  conformd notices list --person erik --json",
		RunE:    func(c *cobra.Command, _ []string) error { return s.noticesList(c.Context(), person) },
	})
	list.Flags().StringVar(&person, "person", "", "only the messages to this person")
	preview := s.jsonFlag(&cobra.Command{
		Use: "preview", Short: "What people would be told today, without telling them", Args: noArgs,
		Long: `Shows the messages that would be sent today, or on another day, by the dates that the register
has now. It sends nothing and changes nothing.`,
		Example: "  conformd notices preview\n  conformd notices preview --at 2026-12-24",
		RunE:    func(c *cobra.Command, _ []string) error { return s.noticesPreview(c.Context(), at) },
	})
	preview.Flags().StringVar(&at, "at", "", "the day, today if it is not given")
	try := &cobra.Command{
		Use: "test --person PERSON", Short: "Sends one person a message that tells nothing, to try the mail server or the webhook", Args: noArgs,
		Example: "  conformd notices test --person erik",
		RunE:    func(c *cobra.Command, _ []string) error { return s.noticesTest(c.Context(), to) },
	}
	try.Flags().StringVar(&to, "person", "", "the person")
	return group("notices", "What people are told of their dates", "  conformd notices preview", list, preview, s.remindCommand(), try)
}

// mostMessages is how many messages are listed.
const mostMessages = 200

func (s *session) noticesList(ctx context.Context, person string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if person != "" {
		if person, err = typed(r, register.FieldOwner, person); err != nil {
			return err
		}
	}
	all, err := r.store.Messages(ctx, person, mostMessages)
	if err != nil {
		return err
	}
	if s.json {
		return s.printJSON(map[string]any{"messages": append([]store.Message{}, all...)})
	}
	names, err := r.register.Names(ctx)
	if err != nil {
		return err
	}
	counts := map[string]int{}
	table := [][]string{{"DAY", "TO", "BY", "STATE", "ATTEMPTS", "WHAT"}}
	for _, m := range all {
		counts[string(m.State)]++
		_, what, _ := strings.Cut(m.Subject, ": ")
		if m.Problem != "" {
			what += "; " + m.Problem
		}
		table = append(table, []string{m.Day, oneLine(names.Person(m.Person)), m.Channel, string(m.State), present.Count(m.Attempts, "attempt", "attempts"), short(oneLine(what), 80)})
	}
	if len(all) > 0 {
		if err := s.table(table); err != nil {
			return err
		}
	}
	s.say("%s: %d sent, %d waiting, %d failed, %d of unknown fate", present.Count(len(all), "message", "messages"), counts["sent"], counts["waiting"]+counts["sending"], counts["failed"], counts["unknown"])
	if !r.config.Notices.Tells() {
		s.say("nobody is told of anything: the configuration has neither notices.mail nor notices.webhook")
	}
	return nil
}

// A foretold is what one person would be told.
type foretold struct {
	Person  string `json:"person"`
	Channel string `json:"channel,omitempty"` // "" if none reaches the person
	Subject string `json:"subject"`
	Text    string `json:"text"`
}

func (s *session) noticesPreview(ctx context.Context, day string) error {
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	at := time.Now()
	if day != "" {
		if at, err = dayOf(r, "--at", day); err != nil {
			return err
		}
	}
	t := app.Teller(r.config, r.store, r.register, zap.NewNop())
	digests, err := t.Digests(ctx, at)
	if err != nil {
		return err
	}
	out := []foretold{}
	for _, d := range digests {
		m, err := t.Message(ctx, d)
		if err != nil {
			return err
		}
		p := foretold{Person: d.Person, Subject: m.Subject, Text: m.Text}
		if c, ok := t.Channel(d.Person); ok {
			p.Channel = c.Name()
		}
		out = append(out, p)
	}
	if s.json {
		return s.printJSON(map[string]any{"day": at.Format(time.DateOnly), "messages": out})
	}
	names, err := r.register.Names(ctx)
	if err != nil {
		return err
	}
	for _, p := range out {
		how := "by " + p.Channel
		if p.Channel == "" {
			how = "who cannot be told: add people[].email and notices.mail, or notices.webhook"
		}
		if err := s.print("To %s, %s\n%s\n\n%s\n\n", oneLine(names.Person(p.Person)), how, oneLine(p.Subject), p.Text); err != nil {
			return err
		}
	}
	s.say("%s on %s; nothing was sent", present.Count(len(out), "message", "messages"), at.Format(time.DateOnly))
	return nil
}

func (s *session) noticesTest(ctx context.Context, person string) error {
	if person == "" {
		return misuse("it is not said who gets the message", "name a person: --person erik")
	}
	c, err := config.Load(s.path(), s.lookup)
	if err != nil {
		return err
	}
	r, err := s.read(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = r.store.Close() }()
	if person, err = typed(r, register.FieldOwner, person); err != nil {
		return err
	}
	channel, ok := app.Teller(c, r.store, r.register, zap.NewNop()).Channel(person)
	if !ok {
		return misuse("no message reaches "+person, "add people[].email and notices.mail, or notices.webhook")
	}
	err = channel.Send(ctx, notices.Message{
		ID: "test." + time.Now().UTC().Format("20060102T150405"), Person: person, Subject: "conformd: a test",
		Text: "Messages of conformd about your dates reach you. Nothing is to be done.",
	})
	if err != nil {
		return &fault{Code: "CLI-079", Exit: ExitFailed, What: "the message was not sent", Why: err.Error(), Remedy: "compare notices in the configuration with what the server expects", Err: err}
	}
	s.say("the %s accepted the message for %s", map[string]string{"mail": "mail server", "webhook": "webhook"}[channel.Name()], person)
	return nil
}
