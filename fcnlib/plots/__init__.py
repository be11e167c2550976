"""Arrays in, plotly figures out; the only place that knows plotly."""
