package catalogue_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/mapping"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/sync/plan"
)

// speaking are the packages whose sentences people read in trackers and messages.
func speaking() []string {
	return []string{"register", "register/wording", "mapping", "sync/plan", "sync/sticky", "sync/apply", "internal/present", "internal/notices"}
}

// A sentence is a message in the code.
type sentence struct{ id, one, at string }

// makers are the functions that make a message, with the place of the sentence among their
// arguments. A name with a receiver is that of a method.
func makers() map[string]int {
	return map[string]int{
		"say": 0, "about": 1, "clear": 0, "doubt": 0, "l.add": 1, "message.New": 0, "message.Plural": 1, "l.New": 0, "Language.New": 0,
		"p.say": 0, "p.line": 0, "in.New": 0, "in.Term": 0, "message.Term": 0, "p.heading": -1,
	}
}

// elsewhere are functions of the same name that make no message.
func elsewhere() []string { return []string{"internal/present say", "mapping l.add"} }

// A source is a file of the packages that speak.
type source struct {
	pkg, name string // "sync/sticky", "sync/sticky/render.go"
	tree      *ast.File
}

// sources parses the packages that speak.
func sources(t *testing.T) (out []source) {
	t.Helper()
	for _, pkg := range speaking() {
		files, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pkg), "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files: %v", pkg, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			tree, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, source{pkg, pkg + "/" + filepath.Base(file), tree})
		}
	}
	return out
}

// sentences reads the sentences of the packages, and the places where the sentence of a message
// is not written in the code.
func sentences(t *testing.T) (out []sentence, computed []string) {
	t.Helper()
	for _, file := range sources(t) {
		ast.Inspect(file.tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := called(call.Fun)
			i, ok := makers()[name]
			if !ok || i >= len(call.Args) || slices.Contains(elsewhere(), file.pkg+" "+name) {
				return true
			}
			if i < 0 {
				for _, a := range call.Args {
					s, _ := literal(a)
					out = append(out, sentence{s, "", file.name})
				}
				return true
			}
			s, ok := literal(call.Args[i])
			if !ok {
				computed = append(computed, file.name+" "+name)
				return true
			}
			one := ""
			if name == "message.Plural" {
				one, _ = literal(call.Args[0])
			}
			out = append(out, sentence{s, one, file.name})
			return true
		})
	}
	return out, computed
}

// called is the name of a function, with the last part of what it is a method of.
func called(e ast.Expr) string {
	switch f := e.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		switch x := f.X.(type) {
		case *ast.Ident:
			return x.Name + "." + f.Sel.Name
		case *ast.SelectorExpr:
			return x.Sel.Name + "." + f.Sel.Name
		}
	}
	return ""
}

// literal is the text of a literal, or of several joined by +.
func literal(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok := literal(e.X)
		b, too := literal(e.Y)
		return a + b, ok && too && e.Op == token.ADD
	default:
		return "", false
	}
}

// words are what is not written in a sentence: the names of fields, states and the like.
func words() []string {
	out := []string{
		" and ", " or ", "2006-01-02", `"{{.Words}}"`, "because", "<reason>", "state", "<field>", "<number>", "<milestone>", "<date>", "until=<date>", "nonconformity|potential_nonconformity|improvement", "duplicate-of|split-from|recurrence-of",
		"someone", "end of the exception", "somebody with the role {{.Role}}", "this issue", "the register", "somebody whom the tracker does not name",
		"HTML", "HTML comment", "code block", "an HTML comment", "a code block",
		"the comment was edited afterwards", plan.NotKept, "once", "twice", "owner", "reviewer", "worked on an action", "exception",
		"label", "date", "person", "set", "enum", "line", "text", "evidence", "justification", "reason", "why",
	}
	for _, info := range register.Fields() {
		out = append(out, info.Label)
	}
	for _, s := range []register.State{register.Reported, register.Analysis, register.Planning, register.Implementing, register.Verifying, register.Closed, register.Accepted, register.StateRejected} {
		out = append(out, string(s), present.Request(s))
	}
	for _, m := range register.MilestoneList() {
		out = append(out, m.Words(), strings.ToUpper(m.Words()[:1])+m.Words()[1:])
	}
	for _, k := range []register.LinkKind{register.DuplicateOf, register.SplitFrom, register.RecurrenceOf, register.LinkPromoted, register.LinkRaised} {
		out = append(out, present.Link{Kind: k}.Words(), present.Link{Kind: k, From: true}.Words())
	}
	for _, o := range []register.Outcome{register.Effective, register.Partially, register.Ineffective, register.Approved, register.Rejected} {
		out = append(out, string(o))
	}
	for _, r := range []string{register.RoleISMSManager, register.RoleReviewer, register.RoleRiskOwner, register.RoleTop, register.RoleAuditor} {
		out = append(out, register.RoleName(r))
	}
	for _, f := range []register.Field{register.FieldKind, register.FieldGrade, register.FieldRisk, register.FieldCategory} {
		info, _ := register.Info(f)
		for _, v := range info.Enum {
			out = append(out, strings.ReplaceAll(v, "_", " "))
		}
	}
	for _, a := range []register.AcceptanceState{register.AcceptanceDeclined, register.AcceptanceWithdrawn, register.AcceptanceEnded, register.AcceptanceRevoked, register.AcceptanceApproved} {
		out = append(out, "the exception was "+string(a))
	}
	for _, k := range []mapping.RemoteKind{mapping.KindTitle, mapping.KindAssignee, mapping.KindLabels, mapping.KindPriority, mapping.KindType, mapping.KindBody, mapping.KindDue} {
		out = append(out, mapping.FieldMap{Remote: mapping.Remote{Kind: k}}.Place())
	}
	for _, h := range mapping.CommandHelp() {
		words := strings.Fields(strings.Trim(h, "`"))
		out = append(out, "/capa "+words[1])
		for _, w := range words[2:] {
			if !slices.Contains(untranslated(), w) {
				out = append(out, w)
			}
		}
	}
	return out
}

// untranslated are the words of the help that are the same in every language.
func untranslated() []string { return []string{"NC-2026-0007", "2026-12-31"} }
