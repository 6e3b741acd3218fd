// Package web holds the components of the pages: what they show, as types, and how, as templ
// components beside them. It renders what internal/server has read, and decides nothing.
//
// A *_templ.go file is written by make generate from the .templ file of its name.
package web

import (
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/access"
)

// A Frame is what surrounds the content of a page.
type Frame struct {
	Title string
	You   *access.Who // nil if nobody signs in, or nobody has yet
	// Outside marks a page for those who are not signed in, without links to the others.
	Outside bool
	Path    string // of the page
	Here    string // path and query of the page, to come back to it; "" leads to the first page
	Display Display
	Narrow  bool   // a page of a few lines
	Said    string // what was done before the page, "" for nothing
}

// A Display is how a person wants the pages to be. The browser keeps it in cookies.
type Display struct {
	Theme       Theme
	NoShortcuts bool // keys without a modifier do nothing
}

// A Theme is light, dark, or that of the person's system.
type Theme string

// The themes.
const (
	System Theme = ""
	Light  Theme = "light"
	Dark   Theme = "dark"
)

// ThemeOf reads a theme. Every other text is that of the system.
func ThemeOf(s string) Theme {
	if t := Theme(s); t == Light || t == Dark {
		return t
	}
	return System
}

// A tab is a page that the navigation names, with the key that opens it after g.
type tab struct{ path, label, key string }

// tabs are the pages of the navigation, in its order. Pages on which people act need somebody who signed in.
func tabs(signedIn bool) []tab {
	all := []tab{
		{"/", "Dashboard", "d"},
		{"/register", "Register", "r"},
		{"/actions", "Actions", "t"},
		{"/inbox", "Inbox", "i"},
		{"/violations", "Violations", "v"},
		{"/reports", "Reports", "o"},
		{"/sync", "Sync", "s"},
		{"/audit", "Audit log", "a"},
		{"/rules", "Rules", "u"},
		{"/people", "People", "p"},
	}
	return slices.DeleteFunc(all, func(t tab) bool { return t.path == "/inbox" && !signedIn })
}

// current reports whether a page belongs to the tab.
func (t tab) current(path string) bool {
	if t.path == "/" {
		return path == "/"
	}
	return path == t.path || strings.HasPrefix(path, t.path+"/") || t.path == "/register" && strings.HasPrefix(path, "/records/")
}
