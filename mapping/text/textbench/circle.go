package textbench

import "github.com/conformd/conformd/mapping/text"

// Convert sends a text from GitHub to Jira and back by conversion alone, as happens to a
// text that is new there, and names what is not the same afterwards.
func Convert(gfm string) []string {
	return Show(gfm).Differ(Show(text.FromWiki(text.ToWiki(gfm))))
}
