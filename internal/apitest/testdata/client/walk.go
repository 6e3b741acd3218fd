// Walk takes a record from its filing to its closing through a generated client, reads lists and the audit log, and meets each
// kind of refusal. It prints the number of the record, and stops at the first answer that is another one than it expects.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"client/conformd"
)

// secret is the token of a person.
type secret string

// Token gives the token to the client.
func (s secret) Token(context.Context, conformd.OperationName) (conformd.Token, error) {
	return conformd.Token{Token: string(s)}, nil
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func clientOf(token string) *conformd.Client {
	c, err := conformd.NewClient(os.Getenv("SERVER"), secret(token))
	if err != nil {
		fail("no client: %v", err)
	}
	return c
}

// want holds that an answer has a type of the document.
func want[T any](what string) func(answer any, err error) T {
	return func(answer any, err error) T {
		x, ok := answer.(T)
		if err != nil || !ok {
			text, _ := json.Marshal(answer)
			fail("%s: the answer is %T %.600s, %v; want %T", what, answer, text, err, x)
		}
		return x
	}
}

// refusal holds the code of a refusal, which says what is wrong and what to do.
func refusal(p conformd.Problem, status int64, code string) conformd.Problem {
	if p.Status != status || p.Code != code || p.What == "" || p.Remedy == "" {
		fail("the refusal is %d %s: %s; %s; want %d %s", p.Status, p.Code, p.What, p.Remedy, status, code)
	}
	return p
}

func inputs(pairs ...string) *conformd.Inputs {
	in := conformd.InputsInputs{}
	for i := 0; i+1 < len(pairs); i += 2 {
		in[pairs[i]] = pairs[i+1]
	}
	return &conformd.Inputs{Inputs: in}
}

var ctx = context.Background()

// tag reads the tag of a record.
func tag(c *conformd.Client, ref string) conformd.OptString {
	return want[*conformd.ServiceDocumentHeaders]("get-record")(c.GetRecord(ctx, conformd.GetRecordParams{Ref: ref})).ETag
}

// act acts on a record as it is now. The synchronisation works on it too, so it may have changed meanwhile.
func act(c *conformd.Client, ref, name string, in *conformd.Inputs) conformd.Done {
	for range 20 {
		answer, err := c.Act(ctx, in, conformd.ActParams{Ref: ref, Act: name, IfMatch: tag(c, ref)})
		if _, changed := answer.(*conformd.ActPreconditionFailed); err == nil && changed {
			continue
		}
		return want[*conformd.DoneHeaders](name+" "+fmt.Sprint(in.Inputs))(answer, err).Response
	}
	fail("%s: the record %s never stands still", name, ref)
	return conformd.Done{}
}

func main() {
	erik, irene, rita := clientOf(os.Getenv("ERIK")), clientOf(os.Getenv("IRENE")), clientOf(os.Getenv("RITA"))
	ref := closed(erik, irene, rita)
	lists(erik, ref)
	refusals(erik, irene, ref)
	fmt.Println(ref)
}

// closed takes a record from its filing to its closing, and returns its number.
func closed(erik, irene, rita *conformd.Client) string {
	today := time.Now().UTC()
	filing := inputs("kind", "nonconformity", "title", "Leaver accounts stay enabled", "problem", "Three accounts of people who left in May are enabled in July.",
		"identified_at", today.AddDate(0, 0, -2).Format(time.DateOnly), "evidence", "The export of the directory of Monday lists three of them.", "requirement_refs", "A.5.18",
		"location", "Directory of the office", "consequences", "Former colleagues could read customer mails for two months.")
	key := conformd.FileRecordParams{IdempotencyKey: conformd.NewOptString("walk-1")}
	first := want[*conformd.DoneHeaders]("file-record")(erik.FileRecord(ctx, filing, key))
	again := want[*conformd.DoneHeaders]("file-record again")(erik.FileRecord(ctx, filing, key))
	ref := first.Response.Record.Ref
	if !first.Response.Changed || first.Response.Again || again.Response.Changed || !again.Response.Again || again.Response.Record.Ref != ref {
		fail("filed twice under one key: %s %t %t, %s %t %t", ref, first.Response.Changed, first.Response.Again, again.Response.Record.Ref, again.Response.Changed, again.Response.Again)
	}
	if p := refusal(conformd.Problem(*want[*conformd.FileRecordUnprocessableEntity]("the key of another request")(erik.FileRecord(ctx, inputs("kind", "nonconformity", "title", "Another"), key))), 422, "key-used"); p.Where.Value != "header.Idempotency-Key" {
		fail("the key is wrong at %q", p.Where.Value)
	}
	set := func(field, value string) { act(erik, ref, "set", inputs("field", field, "value", value)) }
	set("correction", "The three accounts were disabled the same morning.")
	if d := act(irene, ref, "triage", inputs("grade", "minor", "risk", "medium", "source", "internal_audit", "owner", "erik")); d.Record.State != "analysis" {
		fail("after the triage it is in %s", d.Record.State)
	}
	set("root_cause", "The list of leavers goes to IT by mail, and nobody notices when the mail of a month is missing.")
	set("cause_method", "five whys")
	set("cause_category", "process")
	set("extent_checked", "All accounts of the last twelve months were compared with the list of leavers: these three alone.")
	set("similarity", "Checked the accounts of suppliers in the same export: none belongs to somebody who left.")
	set("action_plan", "- [x] Import leavers from the HR system each night @olga due:"+today.AddDate(0, 0, 5).Format(time.DateOnly)+" evidence:https://wiki.example/imports/42")
	set("effectiveness_plan", "The export of each month until October holds no account of a leaver.")
	set("effectiveness_reviewer", "rita")
	set("effectiveness_due", today.Format(time.DateOnly))
	act(irene, ref, "approve", inputs())
	set("isms_change", "The procedure for leavers names the nightly import now.")
	act(erik, ref, "move", inputs("to", "verifying"))
	set("close_summary", "Leavers are imported each night, and the exports since then hold no old account.")
	if d := act(rita, ref, "review", inputs("outcome", "effective", "reason", "The exports since the change were compared with the list of leavers of HR: no account is left.")); d.Record.State != "closed" {
		fail("after the review it is in %s", d.Record.State)
	}
	return ref
}

// lists reads lists in stretches and with conditions, and the entries of the log.
func lists(c *conformd.Client, ref string) {
	refs := map[string]bool{ref: true}
	for i := range 4 {
		d := want[*conformd.DoneHeaders]("file-record")(c.FileRecord(ctx, inputs("kind", "improvement", "title", fmt.Sprint("A better list, the edition ", i)), conformd.FileRecordParams{}))
		refs[d.Response.Record.Ref] = true
	}
	seen := map[string]bool{}
	params := conformd.ListRecordsParams{Limit: conformd.NewOptInt64(2), Sort: conformd.NewOptListRecordsSort("-number")}
	for stretches := 0; ; stretches++ {
		page := want[*conformd.Listing]("list-records")(c.ListRecords(ctx, params))
		for _, r := range page.Records {
			if seen[r.Record] {
				fail("%s is listed twice", r.Record)
			}
			seen[r.Record] = true
		}
		if params.After = page.Next; page.Next.Value == "" {
			break
		}
		if stretches > 10 {
			fail("the list does not end")
		}
	}
	if fmt.Sprint(seen) != fmt.Sprint(refs) {
		fail("the list has %v, want %v", seen, refs)
	}
	found := want[*conformd.Listing]("list-records")(c.ListRecords(ctx, conformd.ListRecordsParams{
		Q: conformd.NewOptString("leaver"), State: []conformd.ListRecordsStateItem{"closed", "reported"}, Kind: []conformd.ListRecordsKindItem{"nonconformity"}, Show: conformd.NewOptListRecordsShow("closed"),
	}))
	if found.Count != 1 || found.Records[0].Record != ref {
		fail("the search finds %+v", found)
	}
	verbs, before := map[string]int{}, conformd.OptInt64{}
	for {
		page := want[*conformd.Entries]("list-audit-entries")(c.ListAuditEntries(ctx, conformd.ListAuditEntriesParams{Before: before, Limit: conformd.NewOptInt64(200)}))
		for _, e := range page.Entries {
			var entry struct {
				Verb    string `json:"verb"`
				Subject struct {
					Ref string `json:"ref"`
				} `json:"subject"`
			}
			if err := json.Unmarshal(e.Entry, &entry); err != nil || len(e.LeafHash) != 64 {
				fail("the entry %d is %s with the hash %s: %v", e.Number, e.Entry, e.LeafHash, err)
			}
			if entry.Subject.Ref == ref {
				verbs[entry.Verb]++
			}
		}
		if before = page.NextBefore; before.Value == 0 {
			break
		}
	}
	if verbs["record.created"] != 1 || verbs["approval.given"] != 3 {
		fail("the log has of %s: %v", ref, verbs)
	}
	if !bytes.Contains([]byte(want[*conformd.Checkpoint]("get-audit-checkpoint")(c.GetAuditCheckpoint(ctx)).Checkpoint), []byte("acme.example/isms-register")) {
		fail("the checkpoint has another origin")
	}
	doc := want[*conformd.ServiceDocumentHeaders]("get-record")(c.GetRecord(ctx, conformd.GetRecordParams{Ref: ref}))
	want[*conformd.GetRecordNotModified]("get-record with its tag")(c.GetRecord(ctx, conformd.GetRecordParams{Ref: ref, IfNoneMatch: doc.ETag}))
	if len(doc.Response.Issues) > 0 { // an issue has the record under its key too
		want[*conformd.ServiceDocumentHeaders]("get-record by its issue")(c.GetRecord(ctx, conformd.GetRecordParams{Ref: doc.Response.Issues[0].Key}))
	}
	want[*conformd.ServicePage]("get-record-history")(c.GetRecordHistory(ctx, conformd.GetRecordHistoryParams{Ref: ref, Limit: conformd.NewOptInt64(3)}))
	want[*conformd.Needs]("list-needs")(c.ListNeeds(ctx, conformd.ListNeedsParams{}))
	want[*conformd.KpiReport]("get-figures")(c.GetFigures(ctx, conformd.GetFiguresParams{Trend: conformd.NewOptBool(true)}))
	want[*conformd.Policies]("get-policy")(c.GetPolicy(ctx))
	want[*conformd.Sync]("get-sync")(c.GetSync(ctx, conformd.GetSyncParams{}))
	if you := want[*conformd.You]("get-you")(c.GetYou(ctx)); you.Person.Value != "erik" || strings.Join(you.Scopes, " ") != "read act" {
		fail("you are %+v", you)
	}
}

// refusals meets each kind of refusal.
func refusals(erik, irene *conformd.Client, ref string) {
	params := func(name string, tag conformd.OptString) conformd.ActParams {
		return conformd.ActParams{Ref: ref, Act: name, IfMatch: tag}
	}
	note := inputs("field", "location", "value", "The office in Berlin")
	refusal(conformd.Problem(*want[*conformd.GetYouUnauthorized]("a token of nobody")(clientOf("cfd_nobody").GetYou(ctx))), 401, "token-unknown")
	refusal(conformd.Problem(*want[*conformd.FileRecordForbidden]("a token that reads")(clientOf(os.Getenv("READER")).FileRecord(ctx, note, conformd.FileRecordParams{}))), 403, "scope-missing")
	refusal(conformd.Problem(*want[*conformd.ActForbidden]("a decision without the scope")(erik.Act(ctx, inputs("reason", "It is not right"), params("reject", tag(erik, ref))))), 403, "scope-missing")
	refusal(conformd.Problem(*want[*conformd.GetRecordNotFound]("no record")(erik.GetRecord(ctx, conformd.GetRecordParams{Ref: "NC-1999-0001"}))), 404, "record-unknown")
	refusal(conformd.Problem(*want[*conformd.ActNotFound]("no act")(erik.Act(ctx, note, params("sing", tag(erik, ref))))), 404, "act-unknown")
	refusal(conformd.Problem(*want[*conformd.ActPreconditionRequired]("no version")(erik.Act(ctx, note, params("set", conformd.OptString{})))), 428, "version-missing")
	stale := refusal(conformd.Problem(*want[*conformd.ActPreconditionFailed]("an old version")(erik.Act(ctx, note, params("set", conformd.NewOptString(`"1"`))))), 412, "record-changed")
	if stale.Current.Value.Ref != ref || stale.Current.Value.Version < 2 {
		fail("the refusal of an old version has the record %s in version %d", stale.Current.Value.Ref, stale.Current.Value.Version)
	}
	wrong := refusal(conformd.Problem(*want[*conformd.FileRecordUnprocessableEntity]("a record without a title")(erik.FileRecord(ctx, inputs("kind", "nonconformity", "identified_at", "some day"), conformd.FileRecordParams{}))), 422, "request-invalid")
	if len(wrong.Faults) != 2 {
		fail("the refusal of two faults has %+v", wrong.Faults)
	}
	refusal(conformd.Problem(*want[*conformd.ListRecordsUnprocessableEntity]("a cursor of nobody")(erik.ListRecords(ctx, conformd.ListRecordsParams{After: conformd.NewOptString("x")}))), 422, "request-invalid")
	refusal(conformd.Problem(*want[*conformd.ResolveConflictUnprocessableEntity]("no conflict")(irene.ResolveConflict(ctx, &conformd.Choice{Take: conformd.NewOptString("register"), Reason: "It is right"}, conformd.ResolveConflictParams{Ref: ref, Field: "title", IfMatch: tag(irene, ref)}))), 422, "act-refused")

	// A value of a period that has one takes a reason.
	measure := want[*conformd.DoneHeaders]("file-record")(irene.FileRecord(ctx, inputs("kind", "measure", "title", "Leavers without an account", "target", ">= 95 %", "statement", "Accounts end with the employment.", "measured", "Leavers of the quarter whose accounts were disabled on their last day.", "method", "The export of the directory is compared with the list of leavers.", "analyst", "rita", "cadence", "quarterly", "owner", "irene"), conformd.FileRecordParams{})).Response.Record.Ref
	last := fmt.Sprintf("%d-Q1", time.Now().Year()-1)
	act(irene, measure, "triage", inputs())
	act(irene, measure, "measure", inputs("period", last, "value", "97"))
	for range 20 {
		answer, err := irene.Act(ctx, inputs("period", last, "value", "98"), conformd.ActParams{Ref: measure, Act: "measure", IfMatch: tag(irene, measure)})
		if _, changed := answer.(*conformd.ActPreconditionFailed); changed {
			continue
		}
		refusal(conformd.Problem(*want[*conformd.ActConflict]("a second value")(answer, err)), 409, "act-refused")
		return
	}
	fail("the record %s never stands still", measure)
}
