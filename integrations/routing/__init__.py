"""Route planners and travel times: the embedded VROOM, HTTP servers, and estimates without any server."""
