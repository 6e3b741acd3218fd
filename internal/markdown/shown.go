package markdown

import (
	"bytes"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// shower renders without HTML of the text itself.
var shower = goldmark.New( //nolint:gochecknoglobals // does not change
	goldmark.WithExtensions(extension.Table, extension.Strikethrough),
	goldmark.WithParserOptions(parser.WithASTTransformers(util.Prioritized(guarded{}, 1000))),
)

// Page renders Markdown as HTML for the pages of conformd. It leaves out HTML that stands in the text, images, and links that do not lead
// to the web. For a text that was crafted to slow the parser down it returns "".
func Page(src string) string {
	if laborious([]byte(src), true) {
		return ""
	}
	var out bytes.Buffer
	if err := shower.Convert([]byte(src), &out); err != nil {
		return "" // a buffer takes everything
	}
	return out.String()
}

// guarded makes a tree one that pages may show.
type guarded struct{}

// Transform takes images and links to elsewhere than the web out of a tree, and names the headings of tables.
func (guarded) Transform(doc *ast.Document, in text.Reader, _ parser.Context) {
	var plain []ast.Node
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			plain = append(plain, n)
		case *ast.Link:
			if web(string(n.Destination)) {
				n.SetAttributeString("rel", []byte("noopener noreferrer"))
			} else {
				plain = append(plain, n)
			}
		case *ast.AutoLink:
			if web(string(n.URL(in.Source()))) {
				n.SetAttributeString("rel", []byte("noopener noreferrer"))
			} else {
				plain = append(plain, n)
			}
		case *extast.TableCell:
			if _, head := n.Parent().(*extast.TableHeader); head {
				n.SetAttributeString("scope", []byte("col"))
			}
		}
		return ast.WalkContinue, nil
	})
	for _, n := range plain {
		unwrap(n, in.Source())
	}
}

func web(address string) bool {
	return strings.HasPrefix(address, "https://") || strings.HasPrefix(address, "http://")
}

// unwrap puts what a node shows in its place.
func unwrap(n ast.Node, src []byte) {
	up := n.Parent()
	if auto, ok := n.(*ast.AutoLink); ok {
		up.ReplaceChild(up, n, ast.NewString(auto.Label(src)))
		return
	}
	for c := n.FirstChild(); c != nil; c = n.FirstChild() {
		n.RemoveChild(n, c)
		up.InsertBefore(up, n, c)
	}
	up.RemoveChild(up, n)
}
