package response

import (
	"bytes"
	_ "embed"
	"html/template"
	"time"

	"github.com/conformd/conformd/internal/present"
)

//go:embed page.html
var page string

// HTML returns the response as one page that needs nothing else: no script, no image, no font
// and no address. Texts are the words of many people and stand there as text.
func (r Response) HTML() ([]byte, error) {
	t, err := template.New("page").Funcs(template.FuncMap{
		"minute": present.Minute,
		"stamp":  func(t time.Time) string { return t.Format(time.RFC3339) },
	}).Parse(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, r)
	return b.Bytes(), err
}
