// A scheduler extender for Kubernetes that places pods on NUMA zones with libspane; README.md says how it is set up.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type options struct {
	listen, certificate, key string
	api, token, ca           string
	topologies, pods         string
	policy                   string
	bind                     bool
}

func readOptions(arguments []string) (options, error) {
	var o options
	flags := flag.NewFlagSet("spane-extender", flag.ContinueOnError)
	flags.StringVar(&o.listen, "listen", "127.0.0.1:8888", "where the scheduler finds the extender")
	flags.StringVar(&o.certificate, "tls-cert", "", "certificate in PEM, to serve HTTPS; needs -tls-key")
	flags.StringVar(&o.key, "tls-key", "", "its key in PEM")
	flags.StringVar(&o.api, "api", "", "URL of the API server, which is listed and watched")
	flags.StringVar(&o.token, "token", "", "file with the bearer token for -api")
	flags.StringVar(&o.ca, "ca", "", "certificates in PEM that -api is checked with; the system's if empty")
	flags.StringVar(&o.topologies, "topologies", "", "JSON file, or folder of them, with NodeResourceTopology objects, instead of those of -api")
	flags.StringVar(&o.pods, "pods", "", "JSON file, or folder of them, with pods, instead of those of -api")
	flags.StringVar(&o.policy, "policy", "capacity-lost,10*most-allocated", "which node is best: the server part of a rule of libspane")
	flags.BoolVar(&o.bind, "bind", false, "bind pods (bindVerb); needs -api")
	if err := flags.Parse(arguments); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case o.api == "" && o.topologies == "":
		return o, errors.New("nothing tells of nodes: give -api or -topologies")
	case o.bind && (o.api == "" || o.pods != ""):
		return o, errors.New("-bind needs -api, and the pods of it")
	case (o.certificate == "") != (o.key == ""):
		return o, errors.New("-tls-cert and -tls-key need each other")
	case strings.Contains(o.policy, "+"):
		return o, fmt.Errorf("-policy is %q; the zones are the kubelet's choice, so it must be the server part of a rule alone", o.policy)
	}
	return o, nil
}

// newServer reads the files; what comes from the API server follows with start.
func newServer(o options) (*server, error) {
	m, err := newMirror(o.policy + "+first")
	if err != nil {
		return nil, err
	}
	s := &server{mirror: m, metrics: newMetrics()}
	var followed []string
	files := newSource(m)
	for _, kind := range []struct {
		file, path string
	}{{o.topologies, topologiesPath}, {o.pods, podsPath}} {
		if kind.file == "" {
			if o.api != "" {
				followed = append(followed, kind.path)
			}
			continue
		}
		objects, err := readObjects(kind.file)
		if err == nil {
			err = files.follower(kind.path).replace(objects)
		}
		if err != nil {
			m.Close()
			return nil, err
		}
	}
	s.source = newSource(m, followed...)
	return s, nil
}

// run serves until the context ends.
func run(ctx context.Context, o options, listener net.Listener) error {
	s, err := newServer(o)
	if err != nil {
		return err
	}
	defer s.mirror.Close()
	if o.api != "" {
		a, err := newAPI(o.api, o.token, o.ca)
		if err != nil {
			return err
		}
		if o.bind {
			s.binder = a
		}
		following, stop := context.WithCancel(ctx)
		done := s.source.follow(following, a)
		defer done.Wait()
		defer stop()
	}
	h := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() {
		if o.certificate != "" {
			ended <- h.ServeTLS(listener, o.certificate, o.key)
		} else {
			ended <- h.Serve(listener)
		}
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	closing, cancel := context.WithTimeout(context.Background(), 2*bindTimeout)
	defer cancel()
	return h.Shutdown(closing) // after this no request uses the mirror any more
}

func main() {
	o, err := readOptions(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil && !abiMatches() {
		err = errors.New("libspane has another ABI than the spane.h that this was built with")
	}
	var listener net.Listener
	if err == nil {
		listener, err = net.Listen("tcp", o.listen)
	}
	if err == nil {
		log.Printf("libspane %s, listening on %s", version(), listener.Addr())
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = run(ctx, o, listener)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "spane-extender:", err)
		os.Exit(1)
	}
}
