package register_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/register"
)

func TestStandardNamed(t *testing.T) {
	for name, want := range map[string]string{
		"ISO 9001": "iso9001", "iso9001:2015": "iso9001", "DIN EN ISO 9001:2015": "iso9001", "9001": "iso9001", "ISO-9001": "iso9001",
		"ISO/IEC 27001": "iso27001", "ISO 27001:2022": "iso27001", "ISO/IEC 27001:2013": "iso27001", "27001": "iso27001", // the edition is the register's
		"ISO/IEC 27701": "iso27701", "ISO/IEC 27701:2025": "iso27701", "ISO 27701:2019": "iso27701-2019",
		"ISO/IEC 42001:2023": "iso42001", "EN ISO 22301": "iso22301",
		"SOC 2": "soc2", "SOC 2 Type II": "soc2", "Trust Services Criteria": "soc2",
		"NIS2": "nis2", "NIS-2-Richtlinie": "nis2", "Directive (EU) 2022/2555": "nis2",
	} {
		if got, ok := register.StandardNamed(name); !ok || got != want {
			t.Errorf("StandardNamed(%q) = %q, %t, want %s", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "ISO", "ISO 9002", "ISO 9001:2008", "ISO 27001:2005", "ISO 27002", "SOC 1", "2015", "iso9001 and more", "…"} {
		if got, ok := register.StandardNamed(name); ok {
			t.Errorf("StandardNamed(%q) = %q, want none", name, got)
		}
	}
}

// TestEachStandardIsNamedByItself holds that what conformd writes is read as the same again, and that
// each known edition can be named as people write it.
func TestEachStandardIsNamedByItself(t *testing.T) {
	for _, id := range register.StandardIDs() {
		for _, name := range []string{id, strings.ToUpper(id), register.StandardName(id)} {
			if got, ok := register.StandardNamed(name); !ok || got != id {
				t.Errorf("StandardNamed(%q) = %q, %t, want %s", name, got, ok, id)
			}
		}
	}
	for _, s := range register.Standards() {
		for _, name := range []string{s.ID, s.Name} {
			if got, ok := register.StandardNamed(name); !ok || !slices.Contains([]string{s.ID, s.Family}, got) {
				t.Errorf("StandardNamed(%q) = %q, %t, want %s or %s", name, got, ok, s.ID, s.Family)
			}
		}
	}
	if got := register.StandardName("iso4711"); got != "iso4711" {
		t.Errorf("StandardName(iso4711) = %q, want it as it is", got)
	}
}

func TestClausesOfARecord(t *testing.T) {
	for _, c := range []struct {
		name, standards, key string
		edition              register.Edition
		want                 string
	}{
		{"none named is the edition alone", "", "nc.cause", register.Edition2022, "10.2 b2"},
		{"and without the name of a standard", "", "nc.cause", register.Edition2013, "10.1 b2"},
		{"one", "iso9001", "nc.cause", register.Edition2022, "ISO 9001:2015 10.2.1 b2"},
		{"several, in the order of the table", "iso9001\niso27001", "nc.cause", register.Edition2022, "ISO/IEC 27001:2022 10.2 b2; ISO 9001:2015 10.2.1 b2"},
		{"the edition is the register's", "iso27001\niso9001", "ci.improve", register.Edition2013, "ISO/IEC 27001:2013 10.2; ISO 9001:2015 10.3"},
		{"an unknown edition is the newest", "iso27001", "nc.cause", "iso27001-2005", "ISO/IEC 27001:2022 10.2 b2"},
		{"no counterpart is left out", "iso27001\nnis2", "nc.similar", register.Edition2022, "ISO/IEC 27001:2022 10.2 b3"},
		{"no counterpart at all", "nis2", "nc.similar", register.Edition2022, ""},
		{"the newest edition of what is named without one", "iso27701", "nc.cause", register.Edition2022, "ISO/IEC 27701:2025 10.2"},
		{"an older edition", "iso27701-2019", "nc.cause", register.Edition2022, "ISO/IEC 27701:2019 5.8.1"},
		{"a number that is not checked says so", "iso27701", "doc.control", register.Edition2022, "ISO/IEC 27701:2025 7.5.3 (?)"},
		{"an unknown key", "iso9001", "no.such", register.Edition2022, ""},
		{"an id that this version does not know", "iso9001\niso4711", "nc.cause", register.Edition2022, "ISO 9001:2015 10.2.1 b2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := register.Record{Fields: map[register.Field]string{register.FieldStandards: c.standards}}
			if got := register.Clauses(c.key, r, c.edition); got != c.want {
				t.Errorf("Clauses(%s) = %q, want %q", c.key, got, c.want)
			}
		})
	}
}

func TestConcerns(t *testing.T) {
	for _, c := range []struct {
		standards, id string
		want          bool
	}{
		{"", "iso27001", true},
		{"", "iso9001", false},
		{"iso9001", "iso9001", true},
		{"iso9001", "iso27001", false},
		{"iso27701-2019", "iso27701", true},
		{"iso27701", "iso27701-2019", false},
		{"iso27001\nsoc2", "soc2", true},
	} {
		r := register.Record{Fields: map[register.Field]string{register.FieldStandards: c.standards}}
		if got := r.Concerns(c.id); got != c.want {
			t.Errorf("a record with %q concerns %s: %t, want %t", c.standards, c.id, got, c.want)
		}
	}
}

// TestAReviewCoversTheStandards holds that an approval from before records named standards still
// counts, and that one from now on covers what its author saw.
func TestAReviewCoversTheStandards(t *testing.T) {
	r := old()
	plan, evidence, exception := register.PlanDigest(r), register.EvidenceDigest(r), register.AcceptanceDigest(r)
	r.Fields[register.FieldStandards] = ""
	if register.EvidenceDigest(r) != evidence || register.AcceptanceDigest(r) != exception {
		t.Error("a record that names no standard has other digests than before")
	}
	r.Fields[register.FieldStandards] = "iso9001"
	if register.EvidenceDigest(r) == evidence || register.AcceptanceDigest(r) == exception {
		t.Error("another standard changes nothing of what a review covers")
	}
	if register.PlanDigest(r) != plan {
		t.Error("a standard changes what the approval of a plan covers")
	}
}
