package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/conformd/conformd/mapping/text/textbench"
)

// texts measures which share of the descriptions that people wrote loses nothing on its
// way to Jira, through an edit there, and back.
func texts(_ context.Context, _ string) ([]Row, error) {
	files, err := filepath.Glob(filepath.Join("mapping", "text", "testdata", "corpus", "*.md"))
	if err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("no texts in mapping/text/testdata/corpus: run from the root of the repository")
	}
	var all []string
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return nil, err
		}
		all = append(all, string(data))
	}
	return []Row{{Name: "text_corpus_circle_lossless", Value: textbench.Lossless(all), Unit: "share", Goal: "1"}}, nil
}
