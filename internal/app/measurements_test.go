package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/conformd/conformd/audit"
	"github.com/conformd/conformd/audit/tree"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/app"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/measuring"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/store/storetest"
	"github.com/conformd/conformd/register"
)

// A gauge is an address that tells values, and counts how often it is asked.
type gauge struct {
	mu     sync.Mutex
	status int
	body   string
	asked  int
	tokens []string
}

func (g *gauge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked++
	g.tokens = append(g.tokens, r.Header.Get("X-Api-Key"))
	w.WriteHeader(g.status)
	_, _ = io.WriteString(w, g.body)
}

func (g *gauge) set(status int, body string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.status, g.body = status, body
}

func (g *gauge) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.asked
}

// A sampled is a house whose measures are fed by sources, in a time of the test's own.
type sampled struct {
	*house
	dir        string
	up, broken *gauge

	mu  sync.Mutex
	now time.Time
}

func (s *sampled) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *sampled) at(text string) {
	s.Helper()
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		s.Fatal(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = t
}

const gaugeToken = "token-of-the-gauge"

// newSampled files six monthly measures on 2 July 2026, each with a source. The sixth source is down.
func newSampled(t *testing.T) *sampled {
	t.Helper()
	return newSampledWith(t, func(_, text string) string { return text })
}

// newSampledWith is newSampled with another configuration, which may name files of dir.
func newSampledWith(t *testing.T, edit func(dir, text string) string) *sampled {
	t.Helper()
	s := &sampled{dir: t.TempDir(), up: &gauge{status: 200, body: `{"tests": [{"passed": "97.5 %"}]}`}, broken: &gauge{status: 503, body: "0"}}
	up, broken := httptest.NewServer(s.up), httptest.NewServer(s.broken)
	t.Cleanup(up.Close)
	t.Cleanup(broken.Close)
	s.now = time.Date(2026, 7, 2, 9, 0, 0, 0, time.UTC)
	s.write("token", gaugeToken)
	s.write("coverage.json", `{"total": {"percent": 97}}`)
	s.house = newHouseWith(t, app.Options{Driver: storetest.Watched(t), Now: s.clock}, func(text string) string {
		sources := fmt.Sprintf(`measurements:
  - {measure: MEA-2026-0001, kpi: {figure: K2, value: opened}}
  - {measure: MEA-2026-0002, count: {binding: jira-isms, query: "status = Reported"}}
  - {measure: MEA-2026-0003, count: {binding: gh-isms, query: "is:open label:capa"}}
  - {measure: MEA-2026-0004, file: {path: %[1]s/coverage.json, pointer: /total/percent}}
  - {measure: MEA-2026-0005, http: {url: "%[2]s/latest?key=hidden", pointer: /tests/0/passed, header: X-Api-Key, token: {file: %[1]s/token}}}
  - {measure: MEA-2026-0006, http: {url: "%[3]s/latest"}}
people:
`, s.dir, up.URL, broken.URL)
		return edit(s.dir, strings.Replace(text, "people:\n", sources, 1))
	})
	for n, target := range []string{"<= 5", "<= 1", "<= 10", ">= 95 %", ">= 95 %", ">= 95 %"} {
		s.file(fmt.Sprint("Measure ", n+1), target)
	}
	return s
}

func (s *sampled) write(name, text string) {
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		panic(err)
	}
}

// file files a measure and takes it in, as irene.
func (s *sampled) file(title, target string) {
	s.Helper()
	by := service.By{Person: "irene", Account: "os:1"}
	acts := s.app.Acts()
	filed, err := acts.File(s.Context(), by, service.Filing{Kind: register.Measure, Values: map[register.Field]string{
		register.FieldTitle: title, register.FieldMeasured: "What " + title + " tells about the restore tests of the year.", register.FieldMethod: "Counted in the log of the backup system each month.",
		register.FieldAnalyst: "irene", register.FieldCadence: "monthly", register.FieldOwner: "erik", register.FieldIdentified: "2026-07-01", register.FieldTarget: target,
	}})
	if err != nil {
		s.Fatal(err)
	}
	taken, err := acts.Do(s.Context(), filed.Record.ID, by, func(by register.Author) register.Command {
		return register.Judge{Approval: register.Approval{Event: by.Event, Subject: register.SubjectTriage, Outcome: register.Approved, By: by.Person, Account: by.Account, At: by.At, How: by.How}}
	})
	if err != nil || taken.Record.Confirmed.IsZero() {
		s.Fatalf("%s is not taken in: %v, state %s", title, err, taken.Record.State)
	}
}

// measure asks the sources, and returns what became of each: "MEA-2026-0001 2026-07 entered 4".
func (s *sampled) measure(dry bool) []string {
	s.Helper()
	results, err := s.app.Measure(s.Context(), dry)
	if err != nil {
		s.Fatal(err)
	}
	out := make([]string, len(results))
	for i, x := range results {
		out[i] = strings.Join(strings.Fields(strings.Join([]string{x.Measure, x.Period, string(x.Outcome), x.Value, x.Why}, " ")), " ")
	}
	return out
}

func (s *sampled) record(number string) register.Record {
	s.Helper()
	row, err := s.app.Store.Record(s.Context(), number)
	if err != nil {
		s.Fatal(err)
	}
	return row.Record
}

// signals returns the values that proposed a signal: "MEA-2026-0002 2026-07".
func (s *sampled) signals() []string {
	s.Helper()
	rows, err := s.app.Store.Records(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	var out []string
	for _, r := range rows {
		if r.Record.Kind() == register.Signal {
			out = append(out, r.Record.Fields[register.FieldSourceRef])
		}
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// idle is what a run says when nothing is due.
func idle() []string {
	var out []string
	for n := range 6 {
		out = append(out, fmt.Sprintf("MEA-2026-000%d idle", n+1))
	}
	return out
}

// TestSourcesGiveValues follows six measures from their triage on 2 July to September.
func TestSourcesGiveValues(t *testing.T) {
	s := newSampled(t)
	for n := range 3 {
		s.open(fmt.Sprint("An issue ", n))
		_, _, err := s.world.Jira.Person("erik").File("Nonconformity", fmt.Sprint("A ticket ", n), nil)
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.pass(); err != nil {
		t.Fatal(err)
	}
	opened := 0 // in July, by the log
	rows, err := s.app.Store.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Record.Kind() == register.Nonconformity {
			opened++
		}
	}

	s.at("2026-07-31 23:59")
	same(t, "before the period is over", idle(), s.measure(false))
	if s.up.count()+s.broken.count() != 0 {
		t.Error("an address was asked before a period was over")
	}

	s.at("2026-08-01 00:30")
	want := []string{
		fmt.Sprintf("MEA-2026-0001 2026-07 entered %d", opened),
		"MEA-2026-0002 2026-07 entered 6", // each issue has a twin in Jira
		"MEA-2026-0003 2026-07 entered 3",
		"MEA-2026-0004 2026-07 entered 97",
		"MEA-2026-0005 2026-07 entered 97.5",
		"MEA-2026-0006 2026-07 waiting it answered HTTP 503",
	}
	same(t, "what would be entered", want, s.measure(true))
	if n := len(s.record("MEA-2026-0004").Measurements); n != 0 {
		t.Fatalf("a rehearsal entered %d values", n)
	}
	same(t, "the first run", want, s.measure(false))
	asked := s.up.count()
	for number, source := range map[string]string{
		"MEA-2026-0001": "kpi K2 opened", "MEA-2026-0002": "count in jira-isms", "MEA-2026-0003": "count in gh-isms", "MEA-2026-0004": "file coverage.json",
	} {
		m := s.record(number).Measurements
		if len(m) != 1 || m[0].Source != source || len(m[0].Digest) != 64 || m[0].By != "" || !m[0].At.Equal(s.clock()) || m[0].Event == "" {
			t.Errorf("%s has %+v, want one value of %s with its digest and its time", number, m, source)
		}
	}
	if m := s.record("MEA-2026-0005").Measurements[0]; !strings.HasPrefix(m.Source, "http://127.0.0.1:") || !strings.HasSuffix(m.Source, "/latest") || !strings.Contains(m.Note, "as it was on 2026-08-01 00:30 UTC") {
		t.Errorf("the value of an address is %+v", m)
	}
	same(t, "values that miss their target", []string{"MEA-2026-0001 2026-07", "MEA-2026-0002 2026-07"}, s.signals())

	s.at("2026-08-01 01:30")
	again := append(idle()[:5], want[5])
	same(t, "the next run", again, s.measure(false))
	if s.up.count() != asked {
		t.Error("a source was asked for a value that is there")
	}

	// The last run before the value is late: it is missed, and no zero.
	s.at("2026-08-14 22:30")
	same(t, "before the last run in time", again, s.measure(false))
	s.at("2026-08-14 23:30")
	again[5] = "MEA-2026-0006 2026-07 missed it answered HTTP 503"
	same(t, "the last run in time", again, s.measure(false))
	if m := s.record("MEA-2026-0006").Measurements; len(m) != 1 || !m[0].Missed() || m[0].Value != "" || m[0].Met || m[0].Note != "it answered HTTP 503" {
		t.Errorf("a source that does not answer left %+v", m)
	}
	same(t, "signals after a source did not answer", 2, len(s.signals()))

	// It answers again, and too late: only a person enters a value.
	s.broken.set(200, "96")
	asked = s.broken.count()
	s.at("2026-08-15 09:00")
	same(t, "after the due day", idle(), s.measure(false))
	if s.broken.count() != asked {
		t.Error("a source was asked again for a period that was missed")
	}
	_, err = s.app.Acts().Do(t.Context(), s.record("MEA-2026-0006").ID, service.By{Person: "irene", Account: "os:1"}, func(by register.Author) register.Command {
		return register.Enter{By: by, Period: "2026-07", Value: "96"}
	})
	if err != nil {
		t.Fatal(err)
	}
	if m := s.record("MEA-2026-0006").Measurements; len(m) != 2 || !m[0].Missed() || m[1].Value != "96" || m[1].By != "irene" {
		t.Errorf("after a person entered a value the record has %+v", m)
	}

	// Nothing ran until after the due day of August. A figure is computed as of the end of the period; the
	// others would tell of another time.
	s.open("An issue of September")
	s.at("2026-09-20 09:00")
	if err := s.pass(); err != nil {
		t.Fatal(err)
	}
	late := []string{"MEA-2026-0001 2026-08 entered 0"}
	for n := 2; n <= 6; n++ {
		late = append(late, fmt.Sprintf("MEA-2026-000%d 2026-08 missed no answer by 2026-09-14, the last day for it", n))
	}
	same(t, "after the due day of a period in which nothing ran", late, s.measure(false))

	// A source that was asked is no person, and each value is an entry.
	entered, missed := s.entries(audit.MeasurementEntered), s.entries(audit.MeasurementMissed)
	if len(entered) != 5+1+1 || len(missed) != 1+5 {
		t.Errorf("the log has %d values and %d that were missed, want 7 and 6", len(entered), len(missed))
	}
	for _, e := range append(entered, missed...) {
		if e.Actor.Kind != audit.Daemon && e.Actor.ID != "irene" || e.Actor.Kind == audit.Daemon && e.Origin.Trigger != audit.TriggerClock {
			t.Errorf("an entry about a value names %+v and %+v", e.Actor, e.Origin)
		}
	}
	for _, hidden := range []string{gaugeToken, "key=hidden"} {
		if strings.Contains(s.log.tail(1<<20), hidden) || strings.Contains(s.register(), hidden) {
			t.Errorf("log or register show %s", hidden)
		}
	}
	s.verified()
	s.up.mu.Lock()
	defer s.up.mu.Unlock()
	if slices.ContainsFunc(s.up.tokens, func(x string) bool { return x != gaugeToken }) {
		t.Error("the address was asked without its token")
	}
}

// A run that is stopped between answer and entry, and one beside it, enter the value once. What a person
// entered first stays.
func TestAValueIsEnteredOnce(t *testing.T) {
	s := newSampled(t)
	s.at("2026-08-01 00:30")
	stop, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.app.Measure(stop, false); err == nil {
		t.Error("a run that was stopped says nothing")
	}
	if _, err := s.app.Acts().Do(t.Context(), s.record("MEA-2026-0005").ID, service.By{Person: "irene", Account: "os:1"}, func(by register.Author) register.Command {
		return register.Enter{By: by, Period: "2026-07", Value: "90"}
	}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			if _, err := s.app.Measure(t.Context(), false); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, number := range []string{"MEA-2026-0001", "MEA-2026-0002", "MEA-2026-0003", "MEA-2026-0004", "MEA-2026-0005"} {
		if m := s.record(number).Measurements; len(m) != 1 {
			t.Errorf("%s has %d values: %+v", number, len(m), m)
		}
	}
	if m := s.record("MEA-2026-0005").Measurements[0]; m.Value != "90" {
		t.Errorf("a source replaced the value of a person by %+v", m)
	}
}

// The daemon asks at its start, by itself.
func TestTheDaemonAsksForValues(t *testing.T) {
	s := newSampled(t)
	s.at("2026-08-01 00:30")
	s.run()
	s.until("the value of the file is there", func() bool { return len(s.record("MEA-2026-0005").Measurements) == 1 })
	if m := s.record("MEA-2026-0004").Measurements; len(m) != 1 || m[0].Value != "97" {
		t.Errorf("the file gave %+v", m)
	}
	var results []measuring.Result
	results, err := s.app.Measure(t.Context(), true)
	if err != nil || len(results) != 6 {
		t.Errorf("beside the daemon: %v, %d results", err, len(results))
	}
}

// verified holds that the log verifies and that its replay gives the records.
func (s *sampled) verified() {
	s.Helper()
	public, err := os.ReadFile(filepath.Join(s.app.Config.DataDir, "audit.pub"))
	if err != nil {
		s.Fatal(err)
	}
	v, err := tree.NewVerifier(strings.TrimSpace(string(public)))
	if err != nil {
		s.Fatal(err)
	}
	report, err := verify.DB(s.Context(), s.app.Store.Reader(), v, verify.Options{Register: ledger.NewReplay(), Rows: store.RegisterRows})
	if err != nil {
		s.Fatal(err)
	}
	if report.Records == 0 || len(report.Findings) > 0 {
		s.Errorf("the log of %d records has findings: %+v", report.Records, report.Findings)
	}
}
