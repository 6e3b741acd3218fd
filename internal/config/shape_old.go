package config

import (
	"slices"

	"go.yaml.in/yaml/v3"
)

// oldKeys are the keys that a binding had before trackers became a list of their own.
func oldKeys() []string { return []string{"url", "browse_url", "auth", "webhook", "limits"} }

// oldShape returns the mistake of a file in the shape of versions up to 0.1, in which each
// binding held its address and credential, or nil. A file that has trackers is of the present
// shape, even if it has other mistakes.
func oldShape(file string, root *yaml.Node) Errors {
	if at, ok := isOld(root); ok {
		return Errors{{
			Code: CodeOldShape, File: file, Line: at.Line, Column: at.Column, Key: "bindings",
			What:   "the file has the shape of an earlier version, in which each binding had its address and credential",
			Remedy: "conformd config migrate --in " + file + " --out new.yaml writes it in the present shape; read new.yaml and put it in the place of this file",
		}}
	}
	return nil
}

// isOld returns the node that shows the old shape.
func isOld(root *yaml.Node) (at *yaml.Node, ok bool) {
	if child(root, "trackers") != nil {
		return nil, false
	}
	bindings := child(root, "bindings")
	if bindings == nil || bindings.Kind != yaml.SequenceNode {
		return nil, false
	}
	for _, b := range bindings.Content {
		if b.Kind != yaml.MappingNode {
			continue
		}
		for i := 0; i+1 < len(b.Content); i += 2 {
			if slices.Contains(append(oldKeys(), "repo"), b.Content[i].Value) {
				return b.Content[i], true
			}
		}
	}
	return nil, false
}

// child returns what a mapping holds under a key, or nil.
func child(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
}
