package findings

import (
	"slices"
	"strings"
	"unicode"

	"github.com/conformd/conformd/register"
)

// A Column is what a column of a list tells.
type Column string

// The columns. A list has the first three; the others make a better record.
const (
	Number      Column = "number"
	GradeOf     Column = "grade"
	Text        Column = "finding"
	Requirement Column = "requirement"
	Evidence    Column = "evidence"
	Location    Column = "location"
	Deadline    Column = "deadline"
	Title       Column = "title"
	Date        Column = "date" // on which the body found it
)

// Columns returns the columns; the first three are needed.
func Columns() []Column {
	return []Column{Number, GradeOf, Text, Requirement, Evidence, Location, Deadline, Title, Date}
}

func needed() []Column { return Columns()[:3] }

// field is the field of the register that a column fills as it is; "" for the number and the
// grade, which mean more than their text.
func (c Column) field() register.Field {
	return map[Column]register.Field{
		Text: register.FieldProblem, Requirement: register.FieldRequirements, Evidence: register.FieldEvidence,
		Location: register.FieldLocation, Deadline: register.FieldDeadline, Title: register.FieldTitle, Date: register.FieldIdentified,
	}[c]
}

// headers are the names that certification bodies give the columns, in English and German.
func headers() map[Column][]string {
	return map[Column][]string{
		Number: {
			"Number", "No", "Nr", "ID", "Finding no", "Finding number", "Finding ID", "NC no", "NC number", "NCR no", "NCR number", "Reference", "Ref", "Ref no",
			"Nummer", "Lfd. Nr", "Abweichungsnr", "Abweichungsnummer", "Feststellungsnr", "Feststellungsnummer", "Referenz",
		},
		GradeOf: {
			"Grade", "Grading", "Category", "Classification", "Class", "Type", "Finding type", "Severity",
			"Kategorie", "Einstufung", "Klassifizierung", "Klassifikation", "Art", "Art der Feststellung", "Typ", "Bewertung",
		},
		Text: {
			"Finding", "Findings", "Finding text", "Description", "Nonconformity", "Nonconformance", "Statement of nonconformity", "Description of nonconformity", "Details",
			"Feststellung", "Abweichung", "Beschreibung", "Beschreibung der Abweichung", "Beschreibung der Feststellung", "Sachverhalt", "Befund",
		},
		Requirement: {
			"Requirement", "Requirements", "Clause", "Clauses", "Control", "Controls", "Criterion", "Criteria", "Standard clause", "ISO clause",
			"Anforderung", "Anforderungen", "Normforderung", "Normkapitel", "Normabschnitt", "Normpunkt", "Normreferenz", "Kapitel", "Norm",
		},
		Evidence: {"Evidence", "Objective evidence", "Audit evidence", "Nachweis", "Nachweise", "Objektiver Nachweis", "Objektive Nachweise", "Auditnachweis", "Auditnachweise", "Beleg"},
		Location: {"Location", "Site", "Where", "Area", "Process", "Department", "Standort", "Ort", "Bereich", "Prozess", "Abteilung"},
		Deadline: {"Deadline", "Due", "Due date", "Response due", "Respond by", "Close by", "Target date", "Frist", "Termin", "Fällig", "Fällig am", "Zu erledigen bis", "Erledigung bis"},
		Title:    {"Title", "Subject", "Summary", "Short title", "Heading", "Titel", "Betreff", "Kurztext", "Kurzbeschreibung", "Thema"},
		Date:     {"Date", "Audit date", "Date raised", "Date identified", "Raised", "Identified", "Datum", "Auditdatum", "Festgestellt am"},
	}
}

// headerWords returns the names of columns in the form in which they are compared.
func headerWords() map[string]Column {
	out := map[string]Column{}
	for c, names := range headers() {
		for _, n := range names {
			out[known(n)] = c
		}
	}
	return out
}

// columnsOf says which column of the list stands where in a row of headers. Twice are the
// columns that several headers name.
func columnsOf(row []string, given map[Column]string) (at map[Column]int, twice []Column) {
	at, words := map[Column]int{}, headerWords()
	for i, text := range row {
		c, ok := givenColumn(text, given)
		if !ok {
			if strings.TrimSpace(text) == "#" {
				c, ok = Number, true
			} else {
				c, ok = look(words, text)
			}
			if _, elsewhere := given[c]; elsewhere {
				continue // the operator has named the header
			}
		}
		if !ok {
			continue
		}
		if _, named := at[c]; named {
			twice = append(twice, c)
			continue
		}
		at[c] = i
	}
	return at, twice
}

// givenColumn returns the column whose header the operator named.
func givenColumn(text string, given map[Column]string) (Column, bool) {
	for c, name := range given {
		if known(text) != "" && known(text) == known(name) || strings.TrimSpace(text) != "" && strings.TrimSpace(text) == strings.TrimSpace(name) {
			return c, true
		}
	}
	return "", false
}

func letterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

func sorted(s []string) []string { slices.Sort(s); return s }
