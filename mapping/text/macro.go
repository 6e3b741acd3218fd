package text

import (
	"slices"
	"strings"
)

// tag reads "{name}" or "{name:params}".
func tag(s string) (name, params string, n int) {
	end := strings.IndexAny(s[1:], "}\n{")
	if end < 1 || s[1+end] != '}' {
		return "", "", 0
	}
	name, params, _ = strings.Cut(s[1:1+end], ":")
	for i, r := range name {
		if (r >= 0x80 || !isAlnum(r)) && (i <= 0 || r != '-') {
			return "", "", 0
		}
	}
	if name == "" {
		return "", "", 0
	}
	return name, params, end + 2
}

// param returns the value of a parameter of a macro.
func param(params, key string) string {
	for p := range strings.SplitSeq(params, "|") {
		if k, v, ok := strings.Cut(p, "="); ok && k == key {
			return v
		}
	}
	return ""
}

// harmless reports whether a text has no mention and no macros of Jira except those that only
// show their own content. Macros that fetch, run or list anything ({html}, {include}, {iframe},
// {jira…}) are not harmless, and neither are unknown ones.
func harmless(s string) bool {
	if strings.Contains(s, "[~") {
		return false
	}
	for i := strings.IndexByte(s, '{'); i >= 0; {
		if name, _, n := tag(s[i:]); n > 0 && !slices.Contains(showing(), strings.ToLower(name)) {
			return false
		}
		next := strings.IndexByte(s[i+1:], '{')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return true
}

// showing returns the macros that only show their own content, or where it stands:
// https://jira.atlassian.com/secure/WikiRendererHelpAction.jspa?section=all
func showing() []string {
	return []string{
		"anchor", "code", "color", "column", "expand", "info", "noformat", "note", "panel", "quote", "section", "status", "tip", "toc", "warning",
	}
}

// codeLang returns the language among the parameters of {code}: "go",
// "title=x|java" or "language=go".
func codeLang(params string) string {
	if l := param(params, "language"); l != "" {
		return l
	}
	for p := range strings.SplitSeq(params, "|") {
		if !strings.Contains(p, "=") {
			return p
		}
	}
	return ""
}

// jiraLang returns the name under which Jira knows a language of code, or "". Jira
// Data Center shows an error in place of code in any other language: "Unable to find
// source-code formatter for language: … Available languages are: …".
func jiraLang(lang string) string {
	switch lang {
	case "actionscript", "ada", "applescript", "bash", "c", "c#", "c++", "cpp", "css", "erlang", "go", "groovy", "haskell", "html", "java",
		"javascript", "js", "json", "lua", "objc", "perl", "php", "python", "r", "ruby", "scala", "sh", "sql", "swift", "visualbasic", "xml", "yaml":
		return lang
	case "shell", "zsh", "ksh", "console", "shell-session", "sh-session", "shellsession":
		return "bash"
	case "yml":
		return "yaml"
	case "jsx", "ts", "tsx", "typescript", "mjs", "cjs", "node":
		return "javascript"
	case "json5", "jsonc", "geojson", "topojson":
		return "json"
	case "py", "python3", "py3":
		return "python"
	case "rb":
		return "ruby"
	case "golang":
		return "go"
	case "cc", "cxx", "hpp", "h++", "hxx":
		return "c++"
	case "h":
		return "c"
	case "cs", "csharp":
		return "c#"
	case "objective-c", "obj-c", "objectivec", "m":
		return "objc"
	case "vb", "vbnet", "vb.net", "vba", "vbscript":
		return "visualbasic"
	case "htm", "xhtml":
		return "html"
	case "svg", "xsl", "xslt", "xsd", "wsdl", "rss":
		return "xml"
	case "pl":
		return "perl"
	case "hs":
		return "haskell"
	case "erl":
		return "erlang"
	case "as", "as3":
		return "actionscript"
	case "mysql", "postgresql", "postgres", "plsql", "tsql", "sqlite":
		return "sql"
	}
	return ""
}
