// Package jira reads and writes the issues of one Jira project: Jira Cloud and Jira Data
// Center behind one [connectors.Tracker]. The client asks the server which of the two it is.
//
// Everything goes through version 2 of the REST API, where text is wiki markup on both.
// go-jira makes and sends the requests. None of its typed calls is used: they call an
// endpoint that is gone (Issue.Search on Cloud), send a body that Jira refuses (AddComment),
// cannot clear a field, or lose the server's error message. This package parses text, times
// and errors itself.
package jira
