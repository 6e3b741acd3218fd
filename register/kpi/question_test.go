package kpi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/register"
)

func TestPeriods(t *testing.T) {
	for text, want := range map[string][4]string{ // first day, day after the last, the period before, that of a year before
		"2026-Q3":                {"2026-07-01", "2026-10-01", "2026-Q2", "2025-Q3"},
		"2026-q1":                {"2026-01-01", "2026-04-01", "2025-Q4", "2025-Q1"},
		"2026-H2":                {"2026-07-01", "2027-01-01", "2026-H1", "2025-H2"},
		"2026":                   {"2026-01-01", "2027-01-01", "2025", "2025"},
		"2026-02":                {"2026-02-01", "2026-03-01", "2026-01", "2025-02"},
		"2026-07-10..2026-07-16": {"2026-07-10", "2026-07-17", "2026-07-03..2026-07-09", "2025-07-10..2025-07-16"},
		"2026-W01":               {"2025-12-29", "2026-01-05", "2025-W52", "2024-12-29..2025-01-04"},
		"2026-W53":               {"2026-12-28", "2027-01-04", "2026-W52", "2025-12-28..2026-01-03"},
		"2026-07-10":             {"2026-07-10", "2026-07-11", "2026-07-09", "2025-07-10"},
	} {
		p, err := register.ParsePeriod(text)
		if err != nil {
			t.Error(err)
			continue
		}
		got := [4]string{p.From.Format(time.DateOnly), p.To.Format(time.DateOnly), p.Before().String(), p.YearBefore().String()}
		if got != want || !strings.EqualFold(p.String(), text) {
			t.Errorf("ParsePeriod(%q) = %s, %v, want %v", text, p, got, want)
		}
	}
	for _, text := range []string{"", "2026-Q5", "2026-Q0", "2026-H3", "26-Q1", "2026-M1", "2026-Q", "2026-Q12", "2026-13", "2026-00", "2025-W53", "2026-W1", "2026-1", "2026-02-30", "2026-07-02..2026-07-01", "2026-07-02..", "last quarter"} {
		if p, err := register.ParsePeriod(text); err == nil || !strings.Contains(err.Error(), "write it like") {
			t.Errorf("ParsePeriod(%q) = %v, %v, want an error that says how to write one", text, p, err)
		}
	}
	if got := register.Quarter(time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC)).String(); got != "2026-Q4" {
		t.Errorf("Quarter() = %s, want 2026-Q4", got)
	}
}
