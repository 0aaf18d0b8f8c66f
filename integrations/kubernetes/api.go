package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	podsPath       = "/api/v1/pods"
	topologiesPath = "/apis/topology.node.k8s.io/v1alpha2/noderesourcetopologies"

	listTimeout = time.Minute
	watchTime   = 5 * time.Minute
)

var pause = time.Second // between attempts

// api is the API server of Kubernetes.
type api struct {
	server    string
	tokenFile string // read anew for every request, as tokens of service accounts expire
	client    *http.Client
}

func newAPI(server, tokenFile, caFile string) (*api, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	if caFile != "" {
		certificates, err := os.ReadFile(caFile)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(certificates) {
			return nil, fmt.Errorf("%s has no certificate in PEM", caFile)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &api{strings.TrimRight(server, "/"), tokenFile, &http.Client{Transport: transport}}, nil
}

// send returns the body of an answer of 2xx; the caller closes it.
func (a *api) send(ctx context.Context, method, path string, body []byte) (io.ReadCloser, error) {
	request, err := http.NewRequestWithContext(ctx, method, a.server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	if a.tokenFile != "" {
		token, err := os.ReadFile(a.tokenFile)
		if err != nil {
			return nil, err
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	response, err := a.client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode/100 == 2 {
		return response.Body, nil
	}
	defer response.Body.Close()
	var status struct{ Message string }
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<16))
	if json.Unmarshal(text, &status) != nil || status.Message == "" {
		status.Message = string(text)
	}
	return nil, fmt.Errorf("%s %s: %s: %s", method, path, response.Status, status.Message)
}

// bind binds a pod to a node and annotates it.
func (a *api) bind(ctx context.Context, namespace, name, uid, node, zones string) error {
	metadata := map[string]any{"name": name, "namespace": namespace, "uid": uid}
	if zones != "" {
		metadata["annotations"] = map[string]string{zonesAnnotation: zones}
	}
	body, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "Binding", "metadata": metadata,
		"target": map[string]string{"apiVersion": "v1", "kind": "Node", "name": node}})
	if err != nil {
		return err
	}
	path := fmt.Sprintf("/api/v1/namespaces/%s/pods/%s/binding", url.PathEscape(namespace), url.PathEscape(name))
	answer, err := a.send(ctx, http.MethodPost, path, body)
	if err != nil {
		return err
	}
	return answer.Close()
}

// follower is told what the API server has of one kind of objects.
type follower struct {
	path    string
	replace func(objects []json.RawMessage) error
	change  func(object json.RawMessage, gone bool) error
	current func(version string) // what has been told is of this resource version; "" after a connection is lost
}

// follow lists the objects and then watches them, anew whenever the connection is lost, until the context ends.
func (a *api) follow(ctx context.Context, f follower) {
	for ctx.Err() == nil {
		version, err := a.list(ctx, f)
		for err == nil && ctx.Err() == nil {
			start := time.Now()
			if version, err = a.watch(ctx, f, version); err == nil && time.Since(start) < pause {
				sleep(ctx)
			}
		}
		f.current("")
		if ctx.Err() == nil {
			log.Printf("%s: %v; listing it again", f.path, err)
			sleep(ctx)
		}
	}
}

func sleep(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

func (a *api) list(ctx context.Context, f follower) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	body, err := a.send(ctx, http.MethodGet, f.path, nil)
	if err != nil {
		return "", err
	}
	defer body.Close()
	var list struct {
		Metadata struct{ ResourceVersion string }
		Items    []json.RawMessage
	}
	if err := json.NewDecoder(body).Decode(&list); err != nil {
		return "", err
	}
	if err := f.replace(list.Items); err != nil {
		return "", err
	}
	f.current(list.Metadata.ResourceVersion)
	return list.Metadata.ResourceVersion, nil
}

// watch returns the version to go on from when the server ends the connection, as it does every few minutes.
func (a *api) watch(ctx context.Context, f follower, version string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, watchTime+listTimeout) // a connection that is dead ends, too
	defer cancel()
	query := url.Values{"watch": {"1"}, "allowWatchBookmarks": {"true"}, "resourceVersion": {version},
		"timeoutSeconds": {fmt.Sprint(int(watchTime.Seconds()))}}
	body, err := a.send(ctx, http.MethodGet, f.path+"?"+query.Encode(), nil)
	if err != nil {
		return version, err
	}
	defer body.Close()
	for events := json.NewDecoder(body); ; {
		var event struct {
			Type   string
			Object json.RawMessage
		}
		if err := events.Decode(&event); errors.Is(err, io.EOF) {
			return version, nil
		} else if err != nil {
			return version, err
		}
		var object struct {
			Message  string
			Metadata struct{ ResourceVersion string }
		}
		if err := json.Unmarshal(event.Object, &object); err != nil {
			return version, err
		}
		switch event.Type {
		case "ADDED", "MODIFIED", "DELETED":
			if err := f.change(event.Object, event.Type == "DELETED"); err != nil {
				return version, err
			}
		case "BOOKMARK":
		default:
			return version, fmt.Errorf("%s: %s", event.Type, object.Message) // such as 410, the version is too old
		}
		version = object.Metadata.ResourceVersion
		f.current(version)
	}
}
