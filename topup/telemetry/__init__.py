"""What the product tells about itself: four log files and the metrics. It decides nothing."""
