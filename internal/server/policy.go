package server

import (
	"crypto/rand"
	"net/http"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// adopters are the roles that put a policy in force.
func adopters() []access.Role { return []access.Role{access.ISMSManager, access.Top} }

// policy shows the policies that were adopted, and what the configured one would change.
func (h *handler) policy(w http.ResponseWriter, r *http.Request) {
	h.showPolicy(w, r, http.StatusOK, sent{key: rand.Text()}, nil)
}

func (h *handler) showPolicy(w http.ResponseWriter, r *http.Request, status int, x sent, fault *web.NotCounted) {
	ctx := r.Context()
	all, err := h.o.Control.Policies(ctx)
	if err != nil {
		h.fail(w, err)
		return
	}
	p := web.Policy{InForce: all.InForce, Last: all.Last, Differences: all.Differences, Fault: fault}
	for _, v := range all.Versions {
		p.Versions = append(p.Versions, web.PolicyVersion{Number: v.Number, Entry: v.Entry, At: v.At, Began: v.Began, By: h.nameOf(v.Author), Reason: v.Reason})
	}
	if r.URL.Query().Has("impact") {
		rows, err := h.o.Store.Records(ctx)
		if err != nil {
			h.fail(w, err)
			return
		}
		impact, err := h.o.Register.Impact(ctx, rows, all.Adopted, all.Configured)
		if err != nil {
			h.fail(w, err)
			return
		}
		p.Impact = &impact
	}
	if who := you(r); len(p.Differences) > 0 && who != nil && who.Has(adopters()...) {
		s := seat(r)
		p.Adopt = &web.Form{Name: "adopt", Action: "/policy/adopt", Submit: "Adopt the configured policy", Proof: h.proof(s.signed, x), Inputs: []web.Input{
			{Input: service.Input{Name: "reason", Label: "Reason", Type: register.TypeText, Needed: true, Hint: "It stands in the audit log with every difference"}, Given: x.values.Get("reason")},
		}, Hidden: []web.Hidden{{Name: formKey, Value: x.key}}}
	}
	h.pageAs(w, r, status, h.inside(r, "Policy"), web.PolicyPage(p))
}

// adopt puts the configured policy in force from the next start.
func (h *handler) adopt(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) || !h.known(w, r) {
		return
	}
	x := h.sent(r)
	if fault := register.Unsaid(x.values.Get("reason")); fault != "" {
		h.showPolicy(w, r, http.StatusUnprocessableEntity, x, &web.NotCounted{What: "The reason " + fault, Remedy: "Say why the policy changes: the audit log keeps it."})
		return
	}
	if !h.proven(r, &x) {
		h.showPolicy(w, r, http.StatusForbidden, x, nil)
		return
	}
	if err := h.o.Control.Adopt(r.Context(), h.actor(r), x.values.Get("reason")); err != nil {
		h.showPolicy(w, r, http.StatusUnprocessableEntity, x, &web.NotCounted{What: err.Error()})
		return
	}
	h.done(w, r, "/policy", "", "control", false)
}

// rules shows what the register demands, and for which clause.
func (h *handler) rules(w http.ResponseWriter, r *http.Request) {
	h.page(w, r, "Rules", web.RulesPage(service.Rules(h.o.Register.Policy)))
}

// people shows who is in the register, and who may do what.
func (h *handler) people(w http.ResponseWriter, r *http.Request) {
	all := h.o.Register.People
	var p web.People
	for _, id := range h.peopleByName() {
		x := web.Person{ID: id, Name: h.nameOf(id), Roles: all[id].Roles}
		if h.o.Desk != nil {
			if a, ok := h.o.Desk.Person(id); ok {
				x.Until, x.SignsIn = a.Until, a.Subject != ""
			}
		}
		p.People = append(p.People, x)
	}
	for _, act := range register.Acts() {
		x := web.ActRoles{Act: string(act), Who: h.o.Register.Policy.Who(act)}
		for _, id := range h.o.Register.Policy.Allowed(all, act) {
			x.People = append(x.People, h.nameOf(id))
		}
		p.Acts = append(p.Acts, x)
	}
	h.page(w, r, "People and roles", web.PeoplePage(p))
}
