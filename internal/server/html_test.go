package server_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// elements parses a page and returns its elements in their order.
func elements(t *testing.T, page string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

// attr returns an attribute of an element, "" for none.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words returns the texts within an element, with single spaces.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// wellMade reports whether a page keeps what its policy and its readers need: scripts, styles and images of
// our own files alone, nothing that runs from an attribute, links that are safe to follow, one main with one
// heading of the first level, tables and fields with a name, each id once.
func wellMade(t *testing.T, path, page string) {
	t.Helper()
	if !strings.HasPrefix(page, "<!doctype html>") && !strings.HasPrefix(page, "<!DOCTYPE html>") {
		return // an answer in one line
	}
	all := elements(t, page)
	ids, labels, count := map[string]bool{}, map[string]bool{}, map[string]int{}
	for _, n := range all {
		count[n.Data]++
		if n.Data == "label" {
			labels[attr(n, "for")] = true
		}
	}
	for _, n := range all {
		if id := attr(n, "id"); id != "" && ids[id] {
			t.Errorf("%s has two elements %q", path, id)
		} else {
			ids[id] = true
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(a.Key, "hx-on") || strings.HasPrefix(a.Val, "js:") {
				t.Errorf("%s: <%s %s=%q>", path, n.Data, a.Key, a.Val)
			}
		}
		switch n.Data {
		case "script":
			if !strings.HasPrefix(attr(n, "src"), "/static/") || n.FirstChild != nil {
				t.Errorf("%s has a script that is no file of ours: %q", path, attr(n, "src"))
			}
		case "style", "iframe", "object", "embed", "base", "svg", "math":
			t.Errorf("%s has <%s>", path, n.Data)
		case "img", "source":
			if src := attr(n, "src") + attr(n, "srcset"); !strings.HasPrefix(src, "/") || strings.HasPrefix(src, "//") {
				t.Errorf("%s has an image of %q", path, src)
			}
		case "a":
			href := attr(n, "href")
			own := strings.HasPrefix(href, "/") && !strings.HasPrefix(href, "//") || strings.HasPrefix(href, "#")
			elsewhere := strings.HasPrefix(href, "http://") || strings.HasPrefix(href, "https://")
			if !own && (!elsewhere || attr(n, "rel") != "noopener noreferrer") {
				t.Errorf("%s links to %q", path, href)
			}
		case "th":
			if attr(n, "scope") == "" {
				t.Errorf("%s: the heading %q of a table has no scope", path, words(n))
			}
		case "table":
			named := slices.ContainsFunc(slices.Collect(n.ChildNodes()), func(c *html.Node) bool { return c.Data == "caption" })
			for up := range n.Ancestors() {
				named = named || attr(up, "aria-label") != ""
			}
			if !named {
				t.Errorf("%s has a table without a caption and outside a labelled region", path)
			}
		case "input", "select", "textarea":
			wrapped := false
			for up := range n.Ancestors() {
				wrapped = wrapped || up.Data == "label"
			}
			if attr(n, "type") != "hidden" && !wrapped && !labels[attr(n, "id")] {
				t.Errorf("%s: the field %q has no label", path, attr(n, "name"))
			}
		}
	}
	if count["main"] != 1 || count["h1"] != 1 || !ids["main"] {
		t.Errorf("%s has %d main and %d h1, want one of each", path, count["main"], count["h1"])
	}
}
