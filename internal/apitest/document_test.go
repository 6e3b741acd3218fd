package apitest

import (
	"io"
	"net/http"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi/datamodel/high/base"

	"github.com/conformd/conformd/internal/api"
)

// An operation is one of the OpenAPI document.
type operation struct {
	id, method, path string
	params           []parameter
	body             *base.Schema // nil for none
}

// A parameter is one of an operation.
type parameter struct {
	name, in string
	schema   *base.Schema
}

// A document is what the daemon says of its interface.
type document struct {
	text       []byte
	operations []operation
	validator  validator.Validator
}

// served reads the document that the daemon serves.
func (f *fixture) served() *document {
	f.Helper()
	req, err := http.NewRequestWithContext(f.Context(), http.MethodGet, f.url+api.Prefix+"/openapi.yaml", nil)
	if err != nil {
		f.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+f.token("max"))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		f.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		f.Fatalf("the document is %d %s, %v", resp.StatusCode, text, err)
	}
	return read(f.T, text)
}

// read reads an OpenAPI document by libraries that nobody here wrote.
func read(t *testing.T, text []byte) *document {
	t.Helper()
	doc, err := libopenapi.NewDocument(text)
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		t.Fatal(err)
	}
	out := &document{text: text, validator: v}
	for path, item := range model.Model.Paths.PathItems.FromOldest() {
		for method, op := range item.GetOperations().FromOldest() {
			x := operation{id: op.OperationId, method: methodOf(method), path: path}
			for _, p := range op.Parameters {
				x.params = append(x.params, parameter{p.Name, p.In, p.Schema.Schema()})
			}
			if op.RequestBody != nil {
				x.body = op.RequestBody.Content.GetOrZero("application/json").Schema.Schema()
			}
			out.operations = append(out.operations, x)
		}
	}
	return out
}

func methodOf(key string) string {
	if key == "post" {
		return http.MethodPost
	}
	return http.MethodGet
}
