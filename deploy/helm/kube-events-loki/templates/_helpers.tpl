{{- define "kube-events-loki.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- /* Room is left for the suffixes of the bridge and of a StatefulSet's Pods. */}}
{{- define "kube-events-loki.fullname" -}}
{{- $name := include "kube-events-loki.name" . }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 45 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 45 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 45 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- /* ClusterRoles have no namespace to tell releases of one name apart by. */}}
{{- define "kube-events-loki.clusterWideName" -}}
{{- printf "%s:%s" .Release.Namespace (include "kube-events-loki.fullname" .) }}
{{- end }}

{{- define "kube-events-loki.selectorLabels" -}}
app.kubernetes.io/name: {{ include "kube-events-loki.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kube-events-loki.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "kube-events-loki.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* Without versions: a new chart with the same image need not restart anything. */}}
{{- define "kube-events-loki.podLabels" -}}
{{ include "kube-events-loki.selectorLabels" . }}
app.kubernetes.io/component: {{ .component }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kube-events-loki.image" -}}
{{- with .Values.image }}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "kube-events-loki.serviceAccountName" -}}
{{- $fallback := ternary (include "kube-events-loki.fullname" .) "default" .Values.serviceAccount.create }}
{{- .Values.serviceAccount.name | default $fallback }}
{{- end }}

{{- define "kube-events-loki.port" -}}
{{- regexFind "[0-9]+$" (.Values.config.listen | default "0.0.0.0:9402") }}
{{- end }}

{{- define "kube-events-loki.stateDir" -}}
{{- (default dict .Values.config.state).dir | default "/var/lib/kube-events-loki" }}
{{- end }}

{{- /* `NAMESPACE/NAME` or `NAME`, as the configuration has it. */}}
{{- define "kube-events-loki.leaseName" -}}
{{- .Values.config.lease | default (include "kube-events-loki.fullname" .) | splitList "/" | last }}
{{- end }}

{{- define "kube-events-loki.leaseNamespace" -}}
{{- $parts := splitList "/" (.Values.config.lease | default "") }}
{{- if eq (len $parts) 2 }}{{ first $parts }}{{ else }}{{ .Release.Namespace }}{{ end }}
{{- end }}

{{- define "kube-events-loki.secretsDir" -}}
/etc/kube-events-loki/secrets
{{- end }}

{{- /* The section `loki` of the configuration with the files of `lokiSecrets` in it, as JSON. */}}
{{- define "kube-events-loki.loki" -}}
{{- $loki := deepCopy (default dict .Values.config.loki) }}
{{- $dir := include "kube-events-loki.secretsDir" . }}
{{- with .Values.lokiSecrets }}
{{- if .password.secretName }}
{{- if not $loki.basicAuth }}
{{- fail "lokiSecrets.password is set, but config.loki.basicAuth.username is not: give the user that the password is of" }}
{{- end }}
{{- $_ := set $loki.basicAuth "passwordFile" (printf "%s/password" $dir) }}
{{- end }}
{{- if .bearerToken.secretName }}{{ $_ := set $loki "bearerTokenFile" (printf "%s/token" $dir) }}{{ end }}
{{- $tls := default dict $loki.tls }}
{{- if .ca.secretName }}{{ $_ := set $tls "caFile" (printf "%s/ca.crt" $dir) }}{{ end }}
{{- if .clientCertificate.secretName }}
{{- $_ := set $tls "certFile" (printf "%s/tls.crt" $dir) }}
{{- $_ := set $tls "keyFile" (printf "%s/tls.key" $dir) }}
{{- end }}
{{- if $tls }}{{ $_ := set $loki "tls" $tls }}{{ end }}
{{- end }}
{{- toJson $loki }}
{{- end }}

{{- /* The exporter's configuration: that of the values, and what the chart has to set. */}}
{{- define "kube-events-loki.config" -}}
{{- $config := deepCopy .Values.config }}
{{- if (default dict $config.checkpoint).file }}
{{- fail "config.checkpoint.file: in a cluster the checkpoint is on the Lease; remove it, or give another Lease with config.lease" }}
{{- end }}
{{- if not $config.lease }}{{ $_ := set $config "lease" (include "kube-events-loki.fullname" .) }}{{ end }}
{{- $state := default dict $config.state }}
{{- $_ := set $state "dir" (include "kube-events-loki.stateDir" .) }}
{{- $_ := set $config "state" $state }}
{{- $_ := set $config "loki" (include "kube-events-loki.loki" . | fromJson) }}
{{- toYaml $config }}
{{- end }}

{{- /* The bridge's configuration; without a Loki of its own it asks the exporter's. */}}
{{- define "kube-events-loki.notifyConfig" -}}
{{- $config := deepCopy .Values.notify.config }}
{{- if not $config.receivers }}
{{- fail "notify.enabled is true, but notify.config.receivers is empty: give one receiver at least (docs/notify.md)" }}
{{- end }}
{{- if not $config.loki }}
{{- $loki := include "kube-events-loki.loki" . | fromJson }}
{{- $url := $loki.readUrl | default $loki.url | trimSuffix "/loki/api/v1/push" }}
{{- $shared := pick $loki "tenant" "basicAuth" "bearerTokenFile" "bearerTokenEnv" "headers" "tls" }}
{{- $_ := set $config "loki" (set $shared "url" $url) }}
{{- end }}
{{- toYaml $config }}
{{- end }}

{{- /* Longer than the exporter's own time to drain: then it still gives back the Lease. */}}
{{- define "kube-events-loki.gracePeriod" -}}
{{- add (ceil ((default dict .Values.config.shutdown).timeoutSeconds | default 25) | int) 15 }}
{{- end }}

{{- define "kube-events-loki.notifyGracePeriod" -}}
{{- add (ceil ((default dict .Values.notify.config.shutdown).timeoutSeconds | default 20) | int) 10 }}
{{- end }}

{{- /* What the generated boards and rules select can't be told to Grafana or Loki afterwards. */}}
{{- define "kube-events-loki.requireDefaultSchema" -}}
{{- $line := (default dict .root.Values.config.loki).line | default "text" }}
{{- if or (ne (.root.Values.config.job | default "kube-events") "kube-events") (has $line (list "logfmt" "json")) }}
{{- fail (printf "%s.enabled: what the chart has is for config.job kube-events, with structured metadata. Write your own with `kube-events-loki %s`, and disable this" .key .command) }}
{{- end }}
{{- end }}
