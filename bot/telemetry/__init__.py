"""Traces and metrics over OTLP; loaded only where somebody asks for them, with OpenTelemetry."""
