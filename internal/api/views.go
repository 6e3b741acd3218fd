package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

func (a *API) views() {
	save := func(path, id, summary, says string, errs ...int) operation {
		return operation{Operation: Operation{http.MethodPost, path, access.ScopeAct}, id: id, group: ofRecords, summary: summary, says: says, errors: append(errs, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusBadRequest)}
	}
	add(a, get("/views", "list-views", ofRecords, "Lists of the register that people keep under a name",
		"Your own, by name, and after them those that others share. A view is the query of the address of the page Register; its records are not in it."), a.listViews)
	add(a, save("/views", "save-view", "Keep a list under a name", "Only an ISMS manager shares a view with everybody."), a.saveView)
	add(a, save("/views/{id}", "change-view", "Change a view of yours", "Without a query it keeps its list.", http.StatusNotFound), a.changeView)
	addTyped(a, operation{
		Operation: Operation{http.MethodPost, "/views/{id}/delete", access.ScopeAct}, id: "delete-view", group: ofRecords, summary: "Delete a view",
		says: "One of yours; an ISMS manager also deletes those that others share.", errors: []int{http.StatusNotFound},
	}, a.deleteView)
}

// A View is a list of the register under a name.
type View struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Query  string `json:"query" doc:"The query of the address of the page Register: state=closed&sort=due"`
	Shared bool   `json:"shared" doc:"Everybody sees it"`
	Person string `json:"person" doc:"Id of the person whose it is"`
}

func ofView(v store.SavedView) View { return View{v.ID, v.Name, v.Query, v.Shared, v.Person} }

// Views are the views that somebody sees.
type Views struct {
	Views []View `json:"views" nullable:"false"`
}

// A Wanted is how a view is to be.
type Wanted struct {
	Name   string `json:"name" maxLength:"300"`
	Query  string `json:"query,omitempty" maxLength:"4000" nullable:"true"`
	Shared bool   `json:"shared,omitempty" nullable:"true"`
}

type saving struct{ Body Wanted }

// ViewNamed names a view.
type ViewNamed struct {
	ID string `path:"id" maxLength:"50" doc:"Id of a view; list-views has them"`
}

type changing struct {
	ViewNamed

	Body Wanted
}

func viewer(ctx context.Context) service.Viewer {
	c := caller(ctx)
	return service.Viewer{Person: c.Person, Manages: c.Has(access.ISMSManager)}
}

func (a *API) listViews(ctx context.Context, _ *struct{}) (*answer[Views], error) {
	all, err := a.o.Views.Of(ctx, viewer(ctx))
	out := Views{[]View{}}
	for _, v := range all {
		out.Views = append(out.Views, ofView(v))
	}
	return &answer[Views]{out}, err
}

func (a *API) saveView(ctx context.Context, in *saving) (*answer[View], error) {
	return a.keepView(ctx, "", in.Body)
}

func (a *API) changeView(ctx context.Context, in *changing) (*answer[View], error) {
	return a.keepView(ctx, in.ID, in.Body)
}

func (a *API) keepView(ctx context.Context, id string, w Wanted) (*answer[View], error) {
	v, err := a.o.Views.Save(ctx, viewer(ctx), service.ViewAsk{ID: id, Name: w.Name, Query: w.Query, Shared: w.Shared})
	if err != nil {
		return nil, viewProblem(err)
	}
	return &answer[View]{ofView(v)}, nil
}

func (a *API) deleteView(ctx context.Context, in *ViewNamed) (*struct{}, error) {
	return nil, viewProblem(a.o.Views.Delete(ctx, viewer(ctx), in.ID))
}

// viewProblem puts why a view was not kept into words; nil is none.
func viewProblem(err error) error {
	if invalid, ok := errors.AsType[*service.InvalidError](err); ok {
		f := invalid.Faults[0]
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, f.What, f.Remedy).at("body." + f.Input)
	}
	if errors.Is(err, store.ErrNotFound) {
		return newProblem(http.StatusNotFound, codeNoView, "you have no such view", "list-views has those that you see").at("path.id")
	}
	return err
}
