(* A sample with a feature of its own is fitted exactly. *)
From mathcomp Require Import all_ssreflect all_algebra.
Set Implicit Arguments. Unset Strict Implicit. Unset Printing Implicit Defensive.
Import Order.TTheory GRing.Theory Num.Theory.
Local Open Scope ring_scope.

Section PrivateInterpolation.
Variables (R : realFieldType) (n d : nat) (X : 'M[R]_(n, d)) (H : 'M[R]_n).
(* H is the orthogonal projector on the column space of X *)
Hypotheses (symH : H^T = H) (HX : H *m X = X).
Variables (r : 'I_n) (l : 'I_d).
Hypotheses (held : X r l != 0) (private : forall i, i != r -> X i l = 0).

Lemma private_interpolation (y : 'cV[R]_n) : (y - H *m y) r 0 = 0.
Proof.
have column i : H i r = (i == r)%:R.
  have := congr1 (fun M : 'M_(n, d) => M i l) HX.
  rewrite mxE (bigD1 r) //= big1 => [|j jr]; last by rewrite private // mulr0.
  rewrite addr0; case: eqP => [->|/eqP ir] e.
    by apply: (mulIf held); rewrite mul1r.
  by apply: (mulIf held); rewrite mul0r e private.
rewrite !mxE (bigD1 r) //= big1 => [|j jr]; last first.
  by rewrite -symH mxE column (negbTE jr) mul0r.
by rewrite -symH mxE column eqxx mul1r addr0 subrr.
Qed.
End PrivateInterpolation.
