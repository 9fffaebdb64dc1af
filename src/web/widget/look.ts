/** Web Chat's style options for the clinic, light or dark. */
export function look(isDark: boolean): Record<string, unknown> {
  const page = isDark ? '#101b17' : '#fbfaf4';
  const ink = isDark ? '#e8f1ea' : '#16312a';
  const soft = isDark ? '#a9bfb4' : '#55695f';
  const line = isDark ? '#274038' : '#dde4d5';
  const green = isDark ? '#7fd1b0' : '#17594a';
  const onGreen = isDark ? '#08231b' : '#ffffff';
  const raised = isDark ? '#1a2a24' : '#ffffff';
  return {
    accent: green,
    subtle: soft,
    backgroundColor: page,
    primaryFont: '"Segoe UI", system-ui, -apple-system, Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif',
    paddingRegular: 12,
    hideUploadButton: true,
    bubbleBackground: raised,
    bubbleTextColor: ink,
    bubbleBorderColor: line,
    bubbleBorderRadius: 18,
    bubbleMaxWidth: 340,
    bubbleMinWidth: 40,
    bubbleFromUserBackground: green,
    bubbleFromUserTextColor: onGreen,
    bubbleFromUserBorderColor: green,
    bubbleFromUserBorderRadius: 18,
    timestampColor: soft,
    sendBoxBackground: raised,
    sendBoxTextColor: ink,
    sendBoxPlaceholderColor: soft,
    sendBoxBorderTop: `solid 1px ${line}`,
    sendBoxBorderBottom: `solid 1px ${line}`,
    sendBoxButtonColor: green,
    sendBoxButtonColorOnHover: green,
    sendBoxButtonColorOnFocus: green,
    sendBoxButtonShadeColorOnHover: isDark ? '#24382f' : '#eef2e6',
    sendBoxButtonShadeColorOnFocus: isDark ? '#24382f' : '#eef2e6',
    sendBoxHeight: 50,
    sendBoxTextWrap: true,
    sendBoxMaxHeight: 140,
    suggestedActionLayout: 'flow',
    suggestedActionBackgroundColor: page,
    suggestedActionBackgroundColorOnHover: isDark ? '#1f332b' : '#eaf1e4',
    suggestedActionBackgroundColorOnFocus: isDark ? '#1f332b' : '#eaf1e4',
    suggestedActionTextColor: green,
    suggestedActionTextColorOnHover: green,
    suggestedActionTextColorOnFocus: green,
    suggestedActionBorderColor: green,
    suggestedActionBorderRadius: 20,
    suggestedActionHeight: 38,
    suggestedActionsStackedLayoutButtonTextWrap: true,
    transcriptActivityVisualKeyboardIndicatorColor: green,
    transcriptVisualKeyboardIndicatorColor: green,
    typingAnimationDuration: 4000,
  };
}
