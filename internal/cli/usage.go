package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// misuse is a fault of how a command was typed.
func misuse(what, remedy string) *fault {
	return &fault{Code: "CLI-002", Exit: ExitUsage, What: what, Remedy: remedy}
}

// name is the name of a command without that of the program: "register show".
func name(c *cobra.Command) string { return strings.TrimPrefix(c.CommandPath(), "conformd ") }

// noArgs refuses arguments of a command that takes none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return misuse(fmt.Sprintf("%s takes no arguments, and got %q", name(c), args[0]), c.CommandPath()+" --help")
}

// oneArg asks for exactly one argument. What names it for people.
func oneArg(what, example string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == 1 {
			return nil
		}
		return misuse(fmt.Sprintf("%s needs %s, and got %d", name(c), what, len(args)), example)
	}
}

// subcommand refuses a word that is none of the commands below c.
func subcommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if c.SuggestionsMinimumDistance == 0 {
		c.SuggestionsMinimumDistance = 2
	}
	remedy := c.CommandPath() + " --help lists the commands"
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		remedy = "did you mean " + c.CommandPath() + " " + strings.Join(near, ", or "+c.CommandPath()+" ") + "? " + remedy
	}
	return misuse(fmt.Sprintf("unknown command %q for %q", args[0], c.CommandPath()), remedy)
}

// flagFault explains a flag that cannot be read.
func flagFault(c *cobra.Command, err error) error {
	help := c.CommandPath() + " --help"
	if v, ok := errors.AsType[*pflag.InvalidValueError](err); ok {
		f := v.GetFlag()
		return misuse(fmt.Sprintf("--%s is %s, and got %q", f.Name, expected(f.Value.Type()), v.GetValue()), help)
	}
	if v, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		f := v.GetFlag()
		return misuse(fmt.Sprintf("--%s needs a value: %s", f.Name, f.Usage), help)
	}
	if v, ok := errors.AsType[*pflag.NotExistError](err); ok {
		flag := "--" + v.GetSpecifiedName()
		if s := v.GetSpecifiedShortnames(); s != "" {
			flag = "-" + v.GetSpecifiedName()
		}
		return misuse(fmt.Sprintf("%s has no flag %s", c.CommandPath(), flag), help+" lists the flags")
	}
	return misuse(err.Error(), help)
}

// expected says what a type of flag takes.
func expected(t string) string {
	switch t {
	case "int", "number":
		return "a whole number, such as 50"
	case "duration":
		return "a duration, such as 500ms or 2s"
	case "bool":
		return "true or false"
	default:
		return "a " + t
	}
}
