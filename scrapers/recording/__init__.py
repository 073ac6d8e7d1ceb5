"""Recording a look as a case folder."""
