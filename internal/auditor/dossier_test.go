package auditor_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/audit/export"
	"github.com/conformd/conformd/audit/verify"
	"github.com/conformd/conformd/internal/auditor"
	"github.com/conformd/conformd/internal/ledger"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// wild is a text that a page must show as text.
const wild = "<script>alert(1)</script>\"'</style><!-- {{.Record}} \x1b[2J\u202eV\u2066\u2028\u200b\xff"

func (r *room) service() *service.Register {
	return &service.Register{Store: r.Store, People: r.acts().People, Policy: register.DefaultPolicy(), Now: noon}
}

// bound is a register with some records, and the dossier of one of them.
func bound(t *testing.T) (*room, register.Record, auditor.Bound) {
	t.Helper()
	r := newRoom(t)
	values := map[register.Field]string{
		register.FieldTitle: "Leaver accounts " + wild, register.FieldGrade: "minor", register.FieldProblem: strings.Repeat("Three accounts of leavers were enabled. ", 100) + wild,
		register.FieldRootCause: "- The feed runs late\n- Nobody looked", register.FieldSource: "internal_audit", register.FieldSourceRef: "IA-2026/F-1", register.FieldRequirements: "a.5.18",
		register.FieldCorrection: "containment: disabled the accounts @erik done:2026-01-02 evidence:ticket-4711", register.FieldEscapeCause: "The export was read by nobody.", "Loss (money)": "1200.50 EUR",
	}
	rec := r.file(values)
	for range 300 {
		r.file(map[register.Field]string{register.FieldTitle: "Another"})
	}
	_, err := r.acts().Do(t.Context(), rec.ID, service.By{Person: "irene", Account: "os:1000"}, func(by register.Author) register.Command {
		return register.Propose{By: by, Field: register.FieldConsequences, Value: "None was used.", Why: "seen in the log of the directory"}
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := r.Dossier(t.Context(), r.service(), rec.Ref, "v9", []string{r.key.String()})
	if err != nil {
		t.Fatal(err)
	}
	return r, rec, d
}

func (r *room) check(data, against []byte) *verify.Report {
	return verify.Dossier(data, r.key, verify.Options{Register: ledger.NewReplay(), Against: against})
}

// A dossier verifies on its own, and against the checkpoint of the same log.
func TestADossierVerifies(t *testing.T) {
	r, rec, d := bound(t)
	rep := r.check(d.ZIP, nil)
	if rep.Result != verify.VerifiedInPart || rep.Dossier != rec.Ref || rep.Records != 1 || !rep.Compared || len(rep.Findings) > 0 {
		t.Errorf("the dossier verifies as %+v", rep)
	}
	head, err := auditdb.CurrentCheckpoint(t.Context(), r.Store.Reader())
	if err != nil {
		t.Fatal(err)
	}
	if rep := r.check(d.ZIP, head); rep.Result != verify.Verified {
		t.Errorf("against its own checkpoint it verifies as %+v", rep)
	}
	r.file(map[register.Field]string{register.FieldTitle: "Later"})
	later, err := auditdb.CurrentCheckpoint(t.Context(), r.Store.Reader())
	if err != nil {
		t.Fatal(err)
	}
	if rep := r.check(d.ZIP, later); rep.Result != verify.VerifiedInPart || rep.HeldSize != r.size() {
		t.Errorf("against a later checkpoint it verifies as %+v", rep)
	}
	if rep := r.check(d.ZIP, []byte("no checkpoint")); rep.Result != verify.Failed {
		t.Errorf("against what is no checkpoint it verifies as %+v", rep)
	}
	if m := d.Manifest; m.Tool != "v9" || m.Record != rec.Ref || m.Log.Origin != origin || len(m.Entries) < 3 || m.Made != m.Log.Size-1 {
		t.Errorf("the manifest says %+v", m)
	}
}

// The page shows the record in the order of the clauses and who did what. It shows the words of
// people as text, and never as markup.
func TestThePageOfADossier(t *testing.T) {
	_, rec, d := bound(t)
	page := string(files(t, d.ZIP)[export.FilePage])
	at := 0
	for _, want := range []string{
		"<h1>" + rec.Ref + "</h1>", "Nature of the nonconformity <span>10.2 f</span>", "a.5.18", "internal audit, IA-2026/F-1", "Correction <span>10.2 a1</span>", "containment: disabled the accounts", "Done by erik (not in the register", "Done on 2026-01-02. ", "Shown by ticket-4711", "Consequences <span>10.2 a2</span>", "None was used.",
		"Causes <span>10.2 b2</span>", "The feed runs late", "Actions <span>10.2 c</span>", "Effectiveness <span>10.2 d</span>", "Change to the ISMS <span>10.2 e</span>", "Further fields", "Why it was not noticed (10.2 b2)", "The export was read by nobody.", "<dt>Loss</dt>", "1200.50 EUR", "What it still needs", "What happened <span>7.5.3</span>",
		"Irene Ismail (at the command line)", "filed the record", "changed Consequences", "seen in the log of the directory",
	} {
		i := strings.Index(page[at:], want)
		if i < 0 {
			t.Errorf("the page does not say %q after the part before: %.3000s", want, page[at:])
			continue
		}
		at += i
	}
	if i := strings.IndexFunc(page, func(r rune) bool { return r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }); i >= 0 {
		t.Errorf("the page has the character %q", page[i:i+8])
	}
	if bad := regexp.MustCompile(`(?i)<script|<img|<!--|href=|src=|\{\{`).FindString(strings.ReplaceAll(page, "{{.Record}}", "")); bad != "" {
		t.Errorf("the page has %q", bad)
	}
}

// The page of a record that concerns several standards names them, and the clause of each.
func TestThePageNamesTheClausesOfEachStandard(t *testing.T) {
	r := newRoom(t)
	rec := r.file(map[register.Field]string{
		register.FieldTitle: "Suppliers are not reviewed", register.FieldCorrection: "- Two suppliers were reviewed", register.FieldExtent: "All forty suppliers were looked at.", register.FieldStandards: "iso27001\niso9001",
	})
	d, err := r.Dossier(t.Context(), r.service(), rec.Ref, "v9", []string{r.key.String()})
	if err != nil {
		t.Fatal(err)
	}
	page := string(files(t, d.ZIP)[export.FilePage])
	for _, want := range []string{
		"<dt>Standards</dt>", "ISO/IEC 27001", "Correction <span>ISO/IEC 27001:2022 10.2 a1; ISO 9001:2015 10.2.1 a1</span>",
		"Extent checked (ISO/IEC 27001:2022 10.2 a1; ISO 9001:2015 10.2.1 a1)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q: %.3000s", want, page)
		}
	}
}

func files(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// again makes a ZIP of files, and unless it is to be kept a manifest that lists them as they are.
func again(t *testing.T, fs map[string][]byte, keep bool) []byte {
	t.Helper()
	if !keep {
		var m export.DossierManifest
		if err := json.Unmarshal(fs[export.FileManifest], &m); err != nil {
			t.Fatal(err)
		}
		m.Files = nil
		for _, name := range slices.Sorted(maps.Keys(fs)) {
			if name != export.FileManifest {
				sum := sha256.Sum256(fs[name])
				m.Files = append(m.Files, export.ManifestFile{Path: name, Bytes: int64(len(fs[name])), SHA256: hex.EncodeToString(sum[:])})
			}
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		fs[export.FileManifest] = b
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(fs[name]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Whatever somebody changes in a dossier is found, and the file is named: also where they make
// the manifest anew.
func TestATamperedDossierIsRefused(t *testing.T) {
	r, rec, d := bound(t)
	whole := files(t, d.ZIP)
	if rep := r.check(again(t, maps.Clone(whole), false), nil); rep.Result != verify.VerifiedInPart {
		t.Fatalf("packed anew it verifies as %+v", rep)
	}
	names := slices.Sorted(maps.Keys(whole))
	if len(names) < 10 {
		t.Fatalf("the dossier has the files %q", names)
	}
	for _, name := range names {
		for _, keep := range []bool{true, false} {
			for how, change := range map[string]func(map[string][]byte){
				"a changed byte": func(fs map[string][]byte) {
					b := bytes.Clone(fs[name])
					b[len(b)/2] ^= 1
					fs[name] = b
				},
				"no": func(fs map[string][]byte) { delete(fs, name) },
			} {
				harmless := name == export.FileVerify || name == export.FileKey || name == export.FileTexts && how == "no"
				if !keep && (harmless || name == export.FileManifest) {
					continue // words, a copy of a key, and the manifest itself, which is made anew
				}
				fs := maps.Clone(whole)
				change(fs)
				rep := r.check(again(t, fs, keep), nil)
				found := slices.ContainsFunc(rep.Findings, func(f verify.Finding) bool {
					return strings.Contains(f.Where+" "+f.Text, name) || name == export.FileCheckpoint && f.Code == verify.BadSignature ||
						name == export.FileManifest // which then names another file as it is not
				})
				if rep.Result != verify.Failed || !found {
					t.Errorf("%s with %s (manifest kept: %v) verifies as %s: %+v", name, how, keep, rep.Result, rep.Findings)
				}
			}
		}
	}
	swap := func(name, old, now string) {
		fs := maps.Clone(whole)
		if !bytes.Contains(fs[name], []byte(old)) {
			t.Fatalf("%s has no %q", name, old)
		}
		fs[name] = bytes.ReplaceAll(fs[name], []byte(old), []byte(now))
		if rep := r.check(again(t, fs, false), nil); rep.Result != verify.Failed || !strings.Contains(rep.Findings[0].Where+rep.Findings[0].Text, name) {
			t.Errorf("%s with %q in the place of %q verifies as %+v", name, now, old, rep)
		}
	}
	swap(export.FileRecord, "The feed runs late", "The feed is fine.")
	swap(export.FilePage, "The feed runs late", "The feed is fine.")
	swap(export.FileEntries, "IA-2026/F-1", "IA-2026/F-2")
	swap(export.FileTexts, "Three accounts", "No account")
	// A file that no dossier has, and one under the name of another record.
	fs := maps.Clone(whole)
	fs["record.exe"] = []byte("x")
	if rep := r.check(again(t, fs, false), nil); rep.Result != verify.Failed || rep.Findings[0].Where != "record.exe" {
		t.Errorf("with another file it verifies as %+v", rep)
	}
	fs = maps.Clone(whole)
	fs[export.FileManifest] = bytes.ReplaceAll(fs[export.FileManifest], []byte(rec.Ref), []byte("NC-2026-0777"))
	if rep := r.check(again(t, fs, true), nil); rep.Result != verify.Failed {
		t.Errorf("under another name it verifies as %+v", rep)
	}
	for _, data := range [][]byte{nil, []byte("PK"), d.ZIP[:len(d.ZIP)/2]} {
		if rep := r.check(data, nil); rep.Result != verify.Failed {
			t.Errorf("%d bytes of it verify as %+v", len(data), rep)
		}
	}
}

// A ZIP that unpacks to more than any dossier has is given up, and what it is full of is named.
func TestADossierThatUnpacksWithoutEnd(t *testing.T) {
	r := newRoom(t)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(export.FilePage)
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range verify.MaxDossier>>20 + 1 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	rep := r.check(b.Bytes(), nil)
	if rep.Result != verify.Failed || len(rep.Findings) != 1 || rep.Findings[0].Where != export.FilePage || !strings.Contains(rep.Findings[0].Text, "when unpacked") {
		t.Errorf("%d bytes that unpack to more than %d verify as %+v", b.Len(), verify.MaxDossier, rep)
	}
}

// Without an entry about it, a dossier lacks something that its record needs.
func TestADossierWithoutAnEntryIsRefused(t *testing.T) {
	r, _, d := bound(t)
	whole := files(t, d.ZIP)
	for _, seq := range d.Manifest.Entries {
		fs := maps.Clone(whole)
		var m export.DossierManifest
		if err := json.Unmarshal(fs[export.FileManifest], &m); err != nil {
			t.Fatal(err)
		}
		m.Entries = slices.DeleteFunc(m.Entries, func(n int64) bool { return n == seq })
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		fs[export.FileManifest] = b
		delete(fs, export.ProofPath(seq))
		var lines []byte
		for line := range bytes.Lines(fs[export.FileEntries]) {
			if !bytes.HasPrefix(line, []byte(`{"seq":`+jsonOf(seq)+`,`)) {
				lines = append(lines, line...)
			}
		}
		fs[export.FileEntries] = lines
		if rep := r.check(again(t, fs, false), nil); rep.Result != verify.Failed || rep.Findings[0].Code != verify.RegisterDiffers {
			t.Errorf("without entry %d the dossier verifies as %+v", seq, rep)
		}
	}
}

func jsonOf(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}
