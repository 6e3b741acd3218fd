package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/reportfile"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/internal/web/static"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
	"github.com/conformd/conformd/register/report"
)

const (
	// reviewsOnPage is how many management reviews the page of reports lists.
	reviewsOnPage = 20
	// longestReport is how long a report may take: that of a large register is read from its whole log.
	longestReport = 5 * time.Minute
	// figuresReport is the report of figures alone.
	figuresReport = "figures"
)

// reportFormats are the forms that a browser is offered.
func reportFormats() []web.Option {
	return []web.Option{
		{Value: string(reportfile.HTML), Label: "Page to print"},
		{Value: string(reportfile.XLSX), Label: "Excel"},
		{Value: string(reportfile.CSV), Label: "CSV"},
		{Value: string(reportfile.Markdown), Label: "Markdown"},
	}
}

// reports shows the page from which reports are made.
func (h *handler) reports(w http.ResponseWriter, r *http.Request) {
	h.reportsPage(w, r, http.StatusOK, "")
}

func (h *handler) reportsPage(w http.ResponseWriter, r *http.Request, status int, fault string) {
	page, err := h.o.Register.Overview(r.Context(), service.ListQuery{Kinds: []register.Kind{register.ManagementReview}, Sort: "-recorded"}, "", reviewsOnPage)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.Reports{Choices: h.reportChoices(r.URL.Query()), Fault: fault, Formats: reportFormats(), More: page.Next != ""}
	for _, l := range page.Lines {
		p.Reviews = append(p.Reviews, web.ReviewLine{Ref: l.Ref, Title: l.Fields[register.FieldTitle], Period: l.Fields[register.FieldPeriod], State: present.Words(string(l.State))})
	}
	h.pageAs(w, r, status, h.inside(r, "Reports"), web.ReportsPage(p))
}

// reportChoices are the fields of the form, with what was asked for.
func (h *handler) reportChoices(in url.Values) []web.Choice {
	which := web.Choice{Name: "report", Label: "Report", Options: []web.Option{{Value: figuresReport, Label: "Figures, with those of the periods before", Chosen: in.Get("report") == figuresReport}}}
	for _, r := range report.Reports() {
		which.Options = append(which.Options, web.Option{Value: string(r), Label: present.Words(string(r)), Chosen: in.Get("report") == string(r)})
	}
	enum := func(f register.Field, any string) web.Choice {
		info, _ := register.Info(f)
		return choiceOf(string(f), present.FieldName(string(f)), any, info.Enum, present.Words, in.Get(string(f)))
	}
	period := in.Get("period")
	if !in.Has("report") {
		period = register.Quarter(h.now().UTC()).String()
	}
	return []web.Choice{
		which,
		{Name: "period", Label: "Period, as in 2026-Q3, 2026-H2, 2026 or 2026-07-01..2026-09-30", Value: period},
		{Name: "at", Label: "As of the day", Type: "date", Value: in.Get("at")},
		enum(register.FieldKind, "Nonconformities"), enum(register.FieldGrade, "Any"), enum(register.FieldSource, "Any"), choiceOf("owner", "Owner", "Any", h.peopleByName(), h.nameOf, in.Get("owner")),
	}
}

// reportFile sends a report. What cannot be asked is said on the page that it was asked from.
func (h *handler) reportFile(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	if !h.reporting.take() {
		h.refused(w, r, http.StatusTooManyRequests, codeBusy, "Another report is being made", "Try again in a minute.")
		return
	}
	defer h.reporting.leave()
	h.mayTake(w, longestReport)
	f := reportfile.Form{Format: reportfile.Format(cmp.Or(in.Get("format"), string(reportfile.HTML))), Mark: true, Edition: h.o.Register.Policy.Edition}
	if !slices.ContainsFunc(reportFormats(), func(o web.Option) bool { return o.Value == string(f.Format) }) {
		h.reportsPage(w, r, http.StatusUnprocessableEntity, fmt.Sprintf("%q is no form of a report", in.Get("format")))
		return
	}
	name, data, err := h.report(r.Context(), in, f)
	var wrong *service.AskError
	switch {
	case errors.As(err, &wrong):
		h.reportsPage(w, r, http.StatusUnprocessableEntity, wrong.Error())
	case err != nil:
		h.fail(w, err)
	default:
		h.sendReport(w, name, f.Format, data)
	}
}

// report makes the report that an address asks for, and its name as a file without the ending. The error is a
// *service.AskError if there is no such report.
func (h *handler) report(ctx context.Context, in url.Values, f reportfile.Form) (name string, data []byte, err error) {
	ask := kpi.Ask{At: in.Get("at"), Period: in.Get("period"), Kind: in.Get("kind"), Grade: in.Get("grade"), Source: in.Get("source"), Owner: in.Get("owner")}
	which := report.Report(in.Get("report"))
	switch {
	case which == report.ManagementReview:
		row, err := h.o.Register.Find(ctx, in.Get("record"))
		if err != nil {
			return "", nil, &service.AskError{Err: fmt.Errorf("no record is called %q", in.Get("record"))}
		}
		pack, err := h.o.Register.ManagementReview(ctx, row)
		if err != nil {
			return "", nil, err
		}
		data, err = reportfile.Review(pack, f)
		return "management-review-" + row.Record.Ref, data, err
	case which == figuresReport:
		made, err := h.o.Register.Figures(ctx, ask, true)
		if err != nil {
			return "", nil, err
		}
		data, err = reportfile.Figures(made, f)
		return "figures-" + made.Period().String(), data, err
	case slices.Contains(report.Reports(), which):
		if which == report.Ageing {
			ask.Period = "" // it is about a moment
		}
		made, err := h.o.Register.Report(ctx, which, ask)
		if err != nil {
			return "", nil, err
		}
		data, err = reportfile.List(made, f)
		return string(which), data, err
	default:
		return "", nil, &service.AskError{Err: fmt.Errorf("there is no report %q", in.Get("report"))}
	}
}

// sendReport shows a page to print, and offers anything else as a file.
func (h *handler) sendReport(w http.ResponseWriter, name string, f reportfile.Format, data []byte) {
	kind, ending := "text/markdown; charset=utf-8", ".md"
	switch f {
	case reportfile.HTML:
		kind, ending = "text/html; charset=utf-8", ".html"
		w.Header().Set("Content-Security-Policy", printPolicy(data))
	case reportfile.CSV:
		kind, ending = "text/csv; charset=utf-8", ".csv"
	case reportfile.XLSX:
		kind, ending = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"
	}
	w.Header().Set("Content-Type", kind)
	how := "attachment"
	if f == reportfile.HTML {
		how = "inline"
	}
	w.Header().Set("Content-Disposition", how+`; filename="`+name+ending+`"`)
	h.send(w, data)
}

// printPolicy lets a page to print use the one style that it has in itself, and nothing else. The text of people in a
// page cannot have a style of its own by that.
func printPolicy(page []byte) string {
	_, rest, _ := strings.Cut(string(page), "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	return "default-src 'none'; style-src " + static.PolicySource(style) + "; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
}
