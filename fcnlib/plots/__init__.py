"""Functions that draw arrays as plotly figures. No other package uses plotly."""
