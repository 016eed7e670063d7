{{- /* What the exporter's Pods and that of `helm test` have in common: volumes but for the state, and the container. */}}
{{- define "kube-events-loki.secretsVolume" -}}
{{- with .Values.lokiSecrets }}
{{- if or .password.secretName .bearerToken.secretName .ca.secretName .clientCertificate.secretName }}
- name: secrets
  projected:
    defaultMode: 0440
    sources:
      {{- with .password }}
      {{- if .secretName }}
      - secret: {name: {{ .secretName }}, items: [{key: {{ .key }}, path: password}]}
      {{- end }}
      {{- end }}
      {{- with .bearerToken }}
      {{- if .secretName }}
      - secret: {name: {{ .secretName }}, items: [{key: {{ .key }}, path: token}]}
      {{- end }}
      {{- end }}
      {{- with .ca }}
      {{- if .secretName }}
      - secret: {name: {{ .secretName }}, items: [{key: {{ .key }}, path: ca.crt}]}
      {{- end }}
      {{- end }}
      {{- with .clientCertificate }}
      {{- if .secretName }}
      - secret:
          name: {{ .secretName }}
          items: [{key: {{ .certKey }}, path: tls.crt}, {key: {{ .keyKey }}, path: tls.key}]
      {{- end }}
      {{- end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "kube-events-loki.secretsMount" -}}
{{- if include "kube-events-loki.secretsVolume" . }}
- name: secrets
  mountPath: {{ include "kube-events-loki.secretsDir" . }}
  readOnly: true
{{- end }}
{{- end }}

{{- define "kube-events-loki.volumes" -}}
- name: config
  configMap:
    name: {{ include "kube-events-loki.fullname" . }}
{{- with include "kube-events-loki.secretsVolume" . | trim }}
{{ . }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "kube-events-loki.stateVolume" -}}
- name: state
  emptyDir:
    {{- with .Values.persistence.emptyDirSizeLimit }}
    sizeLimit: {{ . }}
    {{- else }} {}
    {{- end }}
{{- end }}

{{- define "kube-events-loki.container" -}}
image: {{ include "kube-events-loki.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/kube-events-loki/config
    readOnly: true
  - name: state
    mountPath: {{ include "kube-events-loki.stateDir" . }}
  {{- with include "kube-events-loki.secretsMount" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "kube-events-loki.placement" -}}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The template of a Deployment's or a StatefulSet's Pods. */}}
{{- define "kube-events-loki.podTemplate" -}}
metadata:
  labels:
    {{- include "kube-events-loki.podLabels" (merge (dict "component" "exporter") .) | trim | nindent 4 }}
  annotations:
    checksum/config: {{ include "kube-events-loki.config" . | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "kube-events-loki.serviceAccountName" . }}
  automountServiceAccountToken: true
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ include "kube-events-loki.gracePeriod" . }}
  {{- with include "kube-events-loki.placement" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml .Values.topologySpreadConstraints | nindent 4 }}
  {{- else if gt (int .Values.replicaCount) 1 }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "kube-events-loki.selectorLabels" . | nindent 10 }}
          app.kubernetes.io/component: exporter
  {{- end }}
  containers:
    - name: exporter
      {{- include "kube-events-loki.container" . | nindent 6 }}
      args: [run, --config, /etc/kube-events-loki/config/config.yaml]
      ports:
        - name: http
          containerPort: {{ include "kube-events-loki.port" . }}
          protocol: TCP
      livenessProbe:
        httpGet: {path: /healthz, port: http}
        {{- with .Values.livenessProbe }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      readinessProbe:
        httpGet: {path: /readyz, port: http}
        {{- with .Values.readinessProbe }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml .Values.resources | nindent 8 }}
  volumes:
    {{- include "kube-events-loki.volumes" . | nindent 4 }}
    {{- if not .Values.persistence.enabled }}
    {{- include "kube-events-loki.stateVolume" . | nindent 4 }}
    {{- end }}
{{- end }}
