package server

import (
	"net/http"
	"net/url"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
)

// A door says who passes a route.
type door int

// The doors.
const (
	open     door = iota // everybody; programs that have tokens of their own, and what shows nothing
	entrance             // everybody, with a session: the pages to sign in, and how the pages look
	inside               // people with one of the route's roles
	refresh              // the same; a page that stays open asks for it, which is no sign of a person
	program              // the same, and programs with a token of theirs
)

// A route is one address of the pages.
type route struct {
	method, pattern string
	door            door
	roles           []access.Role // of the doors inside and refresh
	serve           http.HandlerFunc
}

// everybody is every role: who is signed in reads.
func everybody() []access.Role { return access.Roles() }

// routes lists all addresses of the pages. The mux is made of it.
func (h *handler) routes() []route {
	rs := []route{
		{"GET", "/livez", open, nil, live},
		{"GET", "/readyz", open, nil, h.ready},
		{"GET", "/static/{file...}", open, nil, h.static},
		{"POST", "/hooks/{binding}", open, nil, h.misdelivered},
		{"GET", "/{$}", inside, everybody(), h.dashboard},
		{"GET", "/dashboard/health", refresh, everybody(), h.healthStrip},
		{"GET", "/dashboard/figures", refresh, everybody(), h.figuresPart},
		{"GET", "/dashboard/flow.svg", refresh, everybody(), h.flow},
		{"GET", "/register", inside, everybody(), h.register},
		{"GET", "/register.csv", inside, everybody(), h.listCSV},
		{"GET", "/register.xlsx", inside, everybody(), h.listXLSX},
		{"GET", "/views", inside, everybody(), h.views},
		{"GET", "/records/{name...}", inside, everybody(), h.record},
		{"GET", "/audit", inside, everybody(), h.log},
		{"GET", "/audit/{seq}", inside, everybody(), h.logEntry},
		{"GET", "/audit/checkpoint", inside, everybody(), h.checkpoint},
		{"GET", tilesRoute, inside, everybody(), h.tile},
		{"GET", "/audit/verify.html", inside, everybody(), h.offlineCheck},
		{"GET", "/due/{file}", inside, everybody(), h.calendar},
		{"GET", "/sync", inside, everybody(), h.sync},
		{"GET", "/actions", inside, everybody(), h.actions},
		{"GET", "/violations", inside, everybody(), h.violations},
		{"GET", "/reports", inside, everybody(), h.reports},
		{"GET", "/reports/file", inside, everybody(), h.reportFile},
		{"GET", "/people", inside, everybody(), h.people},
		{"GET", "/rules", inside, everybody(), h.rules},
		{"GET", "/help", inside, everybody(), h.help},
		{"POST", "/display", entrance, nil, h.keepDisplay},
	}
	if len(h.o.Measurements.Tokens) > 0 {
		rs = append(rs, route{"POST", "/measurements", open, nil, newTaker(h.o.Measurements, h.o.Log).ServeHTTP})
	}
	if h.o.Control != nil {
		rs = append(rs, route{"GET", "/policy", inside, everybody(), h.policy})
	}
	rs = append(rs, h.programs()...)
	if h.o.Desk == nil {
		return rs
	}
	rs = append(rs,
		route{"GET", "/sign-in", entrance, nil, h.signInPage},
		route{"POST", "/sign-in", entrance, nil, h.signIn},
		route{"GET", "/sign-in/provider", entrance, nil, h.toProvider},
		route{"GET", "/sign-in/callback", entrance, nil, h.fromProvider},
		route{"GET", "/setup/{token}", entrance, nil, h.setupPage},
		route{"POST", "/setup/{token}", entrance, nil, h.setup},
		route{"POST", "/sign-out", entrance, nil, h.signOut},
		route{"GET", "/calendar/{token}/{file}", open, nil, h.secretCalendar},
		route{"GET", "/audit/log.zip", inside, exporters(), h.logZIP},
		route{"GET", "/you", inside, everybody(), h.you},
		route{"POST", "/you/calendar", inside, writers(), h.newCalendar},
		route{"POST", "/you/tokens", inside, everybody(), h.newToken},
		route{"POST", "/you/tokens/{id}/revoke", inside, everybody(), h.revokeToken},
		route{"POST", "/views", inside, everybody(), h.saveView},
		route{"POST", "/views/{id}", inside, everybody(), h.saveView},
		route{"POST", "/views/{id}/delete", inside, everybody(), h.deleteView},
	)
	if h.o.Acts == nil {
		return rs
	}
	rs = append(rs,
		route{"GET", "/inbox", inside, everybody(), h.inbox},
		route{"GET", "/new", inside, writers(), h.filePage},
		route{"POST", "/new", inside, writers(), h.file},
		route{"GET", "/records/{ref}/acts/{act}", inside, writers(), h.actPage},
		route{"POST", "/records/{ref}/acts/{act}", inside, writers(), h.act},
		route{"GET", togetherAt, inside, writers(), h.asksTogether},
		route{"POST", togetherAt, inside, writers(), h.actTogether},
		route{"POST", "/records/{ref}/conflicts/{field}", inside, writers(), h.resolve},
	)
	if h.o.Control == nil {
		return rs
	}
	return append(rs,
		route{"POST", "/sync/pause", inside, controllers(), h.pause},
		route{"POST", "/sync/{binding}/release", inside, controllers(), h.releaseBrake},
		route{"POST", "/sync/records/{ref}/retry", inside, controllers(), h.retry},
		route{"POST", "/sync/records/{ref}/settle", inside, controllers(), h.settle},
		route{"POST", "/records/{ref}/remind", inside, reminders(), h.remind},
		route{"POST", "/policy/adopt", inside, adopters(), h.adopt},
	)
}

// writers are the roles that may change something of their own. An auditor writes nothing.
func writers() []access.Role {
	return []access.Role{access.Engineer, access.ISMSManager, access.Reviewer, access.RiskOwner, access.Top, access.Admin}
}

// behind puts a route behind its door.
func (h *handler) behind(rt route) http.Handler {
	switch rt.door {
	case entrance:
		return h.o.Desk.Session(rt.serve)
	case inside:
		return h.o.Desk.Session(h.guard(rt))
	case refresh:
		return h.o.Desk.Glance(h.guard(rt))
	default:
		return rt.serve
	}
}

// mux serves the routes, each behind its door. It refuses forms that another web site sends.
func (h *handler) mux() *http.ServeMux {
	same := http.NewCrossOriginProtection()
	if u, err := url.Parse(h.o.PublicURL); err == nil && u.Host != "" {
		if err := same.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
			h.o.Log.Error("public_url is no origin", zap.Error(err))
		}
	}
	same.SetDenyHandler(http.HandlerFunc(h.crossOrigin))
	mux := http.NewServeMux()
	for _, rt := range h.routes() {
		var next http.Handler = rt.serve
		if rt.door == program {
			mux.Handle(strings.TrimSpace(rt.method+" "+rt.pattern), h.programDoor(rt, same))
			continue
		}
		if h.o.Desk != nil {
			next = h.behind(rt)
		}
		if rt.door != open {
			next = same.Handler(next)
		}
		mux.Handle(rt.method+" "+rt.pattern, next)
	}
	return mux
}
