package cli_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// assist starts conformd mcp as an assistant program does, with the client of the protocol's own
// library. It prints the tools, or what a tool answers:
//
//	assistant PERSON tools
//	assistant PERSON call TOOL ARGUMENTS
func assist(a []string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if len(a) < 2 {
		return errors.New("assistant PERSON tools | call TOOL ARGUMENTS")
	}
	var told strings.Builder
	program := exec.CommandContext(ctx, "conformd", "mcp", "--as", a[0])
	program.Stderr = &told
	client := mcp.NewClient(&mcp.Implementation{Name: "assistant-of-a-test", Version: "1.2"}, nil)
	session, err := client.Connect(ctx, &mcp.CommandTransport{Command: program}, nil)
	if err != nil {
		return fmt.Errorf("%w: %s", err, told.String())
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	if a[1] == "tools" {
		list, err := session.ListTools(ctx, nil)
		if err != nil {
			return err
		}
		for _, t := range list.Tools {
			fmt.Printf("%s reads=%v destroys=%v\n", t.Name, t.Annotations.ReadOnlyHint, *t.Annotations.DestructiveHint)
		}
		return nil
	}
	var arguments map[string]any
	if err := json.Unmarshal([]byte(a[3]), &arguments); err != nil {
		return err
	}
	result, err := session.CallTool(ctx, &mcp.CallToolParams{Name: a[2], Arguments: arguments})
	if err != nil {
		return err
	}
	for _, c := range result.Content {
		if text, ok := c.(*mcp.TextContent); ok {
			fmt.Println(text.Text)
		}
	}
	if result.IsError {
		return errors.New("the tool answers with an error")
	}
	return nil
}
