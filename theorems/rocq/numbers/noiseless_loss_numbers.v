(* Printed by `python -m theorems.rocq.inequalities` from the statement's expressions: do not edit.
   The sides of noiseless-loss at three settings lie between the decimals that are printed. *)
From Coq Require Import Reals Lra.
From Interval Require Import Tactic.
Local Open Scope R_scope.

(* The tactic knows |x|, not the lesser of two. *)
Definition lesser (x y : R) := (x + y - Rabs (x - y)) / 2.
Definition greater (x y : R) := (x + y + Rabs (x - y)) / 2.

Lemma lesser_is_Rmin x y : lesser x y = Rmin x y.
Proof. unfold lesser, Rmin, Rabs; destruct (Rle_dec x y), (Rcase_abs (x - y)); lra. Qed.

Lemma greater_is_Rmax x y : greater x y = Rmax x y.
Proof. unfold greater, Rmax, Rabs; destruct (Rle_dec x y), (Rcase_abs (x - y)); lra. Qed.

(* Encloses a number once, for all that rests on it. *)
Ltac known H :=
  match type of H with
  | ?x = ?body =>
    let K := fresh in
    interval_intro body with (i_prec 120) as K;
    match type of K with
    | ?low <= _ <= ?high => assert (low <= x <= high) by (rewrite H; exact K); clear H K
    end
  end.

(* n = 10, d = 6, s = 1.5, alpha = 1.5, beta-exponent = 0.25, sigma = 0.05, k = 1 *)
Theorem sides_are_enclosed_1 beta_1 beta_2 beta_3 beta_4 beta_5 beta_6 Z c p_1 p_2 p_3 p_4 p_5 p_6 B
    B_tail S q_free pi_k u_2 u_3 u_4 u_5 u_6 :
  beta_1 = 1 ->
  beta_2 = ((1 / 2) * (exp ((3 / 4) * ln 2))) ->
  beta_3 = ((1 / 3) * (exp ((3 / 4) * ln 3))) ->
  beta_4 = ((1 / 2) * (exp ((1 / 2) * ln 2))) ->
  beta_5 = ((1 / 5) * (exp ((3 / 4) * ln 5))) ->
  beta_6 = ((1 / 6) * (exp ((3 / 4) * ln 6))) ->
  Z = ((9 / 8) + ((1 / 4) * (exp ((1 / 2) * ln 2))) + ((1 / 9) * (exp ((1 / 2) * ln 3))) + ((1 / 25)
    * (exp ((1 / 2) * ln 5))) + ((1 / 36) * (exp ((1 / 2) * ln 6)))) ->
  c = ((3 / 2) * (/ (Z))) ->
  p_1 = (lesser 1 c) ->
  p_2 = (lesser 1 ((1 / 4) * c * (exp ((1 / 2) * ln 2)))) ->
  p_3 = (lesser 1 ((1 / 9) * c * (exp ((1 / 2) * ln 3)))) ->
  p_4 = (lesser 1 ((1 / 8) * c)) ->
  p_5 = (lesser 1 ((1 / 25) * c * (exp ((1 / 2) * ln 5)))) ->
  p_6 = (lesser 1 ((1 / 36) * c * (exp ((1 / 2) * ln 6)))) ->
  B = (greater beta_1 beta_6) ->
  B_tail = (greater beta_2 beta_6) ->
  S = (p_1 + p_2 + p_3 + p_4 + p_5 + p_6) ->
  q_free = ((1 + ((-1) * p_2)) * (1 + ((-1) * p_3)) * (1 + ((-1) * p_4)) * (1 + ((-1) * p_5)) * (1 +
    ((-1) * p_6))) ->
  pi_k = (((1 + ((-2 / 3) * q_free)) ^ 10) + ((1024 / 59049) * (q_free ^ 10) * ((1 + ((-3 / 2) *
    p_1)) ^ 10)) + (20 * (q_free ^ 2) * ((1 + ((-3 / 2) * p_1)) ^ 2) * ((1 + ((-2 / 3) * q_free)) ^
    8)) + ((20 / 3) * q_free * ((1 + ((-2 / 3) * q_free)) ^ 9) * (1 + ((-3 / 2) * p_1))) + ((320 /
    9) * (q_free ^ 3) * ((1 + ((-3 / 2) * p_1)) ^ 3) * ((1 + ((-2 / 3) * q_free)) ^ 7)) + ((896 /
    27) * (q_free ^ 5) * ((1 + ((-3 / 2) * p_1)) ^ 5) * ((1 + ((-2 / 3) * q_free)) ^ 5)) + ((1120 /
    27) * (q_free ^ 4) * ((1 + ((-3 / 2) * p_1)) ^ 4) * ((1 + ((-2 / 3) * q_free)) ^ 6)) + ((1280 /
    729) * (q_free ^ 8) * ((1 + ((-3 / 2) * p_1)) ^ 8) * ((1 + ((-2 / 3) * q_free)) ^ 2)) + ((4480 /
    243) * (q_free ^ 6) * ((1 + ((-3 / 2) * p_1)) ^ 6) * ((1 + ((-2 / 3) * q_free)) ^ 4)) + ((5120 /
    729) * (q_free ^ 7) * ((1 + ((-3 / 2) * p_1)) ^ 7) * ((1 + ((-2 / 3) * q_free)) ^ 3)) + ((5120 /
    19683) * (q_free ^ 9) * ((1 + ((-3 / 2) * p_1)) ^ 9) * (1 + ((-2 / 3) * q_free)))) ->
  u_2 = (q_free * (/ ((1 + ((-1) * p_2))))) ->
  u_3 = (q_free * (/ ((1 + ((-1) * p_3))))) ->
  u_4 = (q_free * (/ ((1 + ((-1) * p_4))))) ->
  u_5 = (q_free * (/ ((1 + ((-1) * p_5))))) ->
  u_6 = (q_free * (/ ((1 + ((-1) * p_6))))) ->
  (* lower *)   0.068546301638698626 <= ((p_1 * (beta_1 ^ 2) * ((1 + ((-1) * p_1)) ^ 10)) + (p_2 *
    (beta_2 ^ 2) * ((1 + ((-1) * p_2)) ^ 10)) + (p_3 * (beta_3 ^ 2) * ((1 + ((-1) * p_3)) ^ 10)) +
    (p_4 * (beta_4 ^ 2) * ((1 + ((-1) * p_4)) ^ 10)) + (p_5 * (beta_5 ^ 2) * ((1 + ((-1) * p_5)) ^
    10)) + (p_6 * (beta_6 ^ 2) * ((1 + ((-1) * p_6)) ^ 10))) <= 0.068546301638698627 /\   (* upper
    *)   0.158338332270038 <= ((p_2 * (((B_tail ^ 2) * (((1 + ((-1) * p_2 * u_2)) ^ 10) + ((-1) *
    ((1 + ((-1) * p_2)) ^ 10)))) + ((beta_2 ^ 2) * ((1 + ((-1) * p_2)) ^ 10)))) + (p_3 * (((B_tail ^
    2) * (((1 + ((-1) * p_3 * u_3)) ^ 10) + ((-1) * ((1 + ((-1) * p_3)) ^ 10)))) + ((beta_3 ^ 2) *
    ((1 + ((-1) * p_3)) ^ 10)))) + (p_4 * (((B_tail ^ 2) * (((1 + ((-1) * p_4 * u_4)) ^ 10) + ((-1)
    * ((1 + ((-1) * p_4)) ^ 10)))) + ((beta_4 ^ 2) * ((1 + ((-1) * p_4)) ^ 10)))) + (p_5 * (((B_tail
    ^ 2) * (((1 + ((-1) * p_5 * u_5)) ^ 10) + ((-1) * ((1 + ((-1) * p_5)) ^ 10)))) + ((beta_5 ^ 2) *
    ((1 + ((-1) * p_5)) ^ 10)))) + (p_6 * (((B_tail ^ 2) * (((1 + ((-1) * p_6 * u_6)) ^ 10) + ((-1)
    * ((1 + ((-1) * p_6)) ^ 10)))) + ((beta_6 ^ 2) * ((1 + ((-1) * p_6)) ^ 10)))) + (S * (B ^ 2) *
    (lesser 1 pi_k))) <= 0.15833833227003801.
Proof.
unfold lesser, greater; intros is_beta_1 is_beta_2 is_beta_3 is_beta_4 is_beta_5 is_beta_6 is_Z is_c
    is_p_1 is_p_2 is_p_3 is_p_4 is_p_5 is_p_6 is_B is_B_tail is_S is_q_free is_pi_k is_u_2 is_u_3
    is_u_4 is_u_5 is_u_6.
known is_beta_1.
known is_beta_2.
known is_beta_3.
known is_beta_4.
known is_beta_5.
known is_beta_6.
known is_Z.
known is_c.
known is_p_1.
known is_p_2.
known is_p_3.
known is_p_4.
known is_p_5.
known is_p_6.
known is_B.
known is_B_tail.
known is_S.
known is_q_free.
known is_pi_k.
known is_u_2.
known is_u_3.
known is_u_4.
known is_u_5.
known is_u_6.
split; interval with (i_prec 120).
Qed.

(* n = 12, d = 5, s = 1.25, alpha = 2, beta-exponent = 0, sigma = 0.05, k = 1 *)
Theorem sides_are_enclosed_2 beta_1 beta_2 beta_3 beta_4 beta_5 Z c p_1 p_2 p_3 p_4 p_5 B B_tail S
    q_free pi_k u_2 u_3 u_4 u_5 :
  beta_1 = 1 ->
  beta_2 = 1 ->
  beta_3 = 1 ->
  beta_4 = 1 ->
  beta_5 = 1 ->
  Z = (5269 / 3600) ->
  c = ((5 / 4) * (/ (Z))) ->
  p_1 = (lesser 1 c) ->
  p_2 = (lesser 1 ((1 / 4) * c)) ->
  p_3 = (lesser 1 ((1 / 9) * c)) ->
  p_4 = (lesser 1 ((1 / 16) * c)) ->
  p_5 = (lesser 1 ((1 / 25) * c)) ->
  B = (greater beta_1 beta_5) ->
  B_tail = (greater beta_2 beta_5) ->
  S = (p_1 + p_2 + p_3 + p_4 + p_5) ->
  q_free = ((1 + ((-1) * p_2)) * (1 + ((-1) * p_3)) * (1 + ((-1) * p_4)) * (1 + ((-1) * p_5))) ->
  pi_k = (((1 + ((-2 / 3) * q_free)) ^ 12) + ((4096 / 531441) * (q_free ^ 12) * ((1 + ((-3 / 2) *
    p_1)) ^ 12)) + (8 * q_free * ((1 + ((-2 / 3) * q_free)) ^ 11) * (1 + ((-3 / 2) * p_1))) + ((88 /
    3) * (q_free ^ 2) * ((1 + ((-3 / 2) * p_1)) ^ 2) * ((1 + ((-2 / 3) * q_free)) ^ 10)) + ((880 /
    9) * (q_free ^ 4) * ((1 + ((-3 / 2) * p_1)) ^ 4) * ((1 + ((-2 / 3) * q_free)) ^ 8)) + ((1760 /
    27) * (q_free ^ 3) * ((1 + ((-3 / 2) * p_1)) ^ 3) * ((1 + ((-2 / 3) * q_free)) ^ 9)) + ((2816 /
    27) * (q_free ^ 5) * ((1 + ((-3 / 2) * p_1)) ^ 5) * ((1 + ((-2 / 3) * q_free)) ^ 7)) + ((8192 /
    59049) * (q_free ^ 11) * ((1 + ((-3 / 2) * p_1)) ^ 11) * (1 + ((-2 / 3) * q_free))) + ((11264 /
    243) * (q_free ^ 7) * ((1 + ((-3 / 2) * p_1)) ^ 7) * ((1 + ((-2 / 3) * q_free)) ^ 5)) + ((14080
    / 729) * (q_free ^ 8) * ((1 + ((-3 / 2) * p_1)) ^ 8) * ((1 + ((-2 / 3) * q_free)) ^ 4)) +
    ((19712 / 243) * (q_free ^ 6) * ((1 + ((-3 / 2) * p_1)) ^ 6) * ((1 + ((-2 / 3) * q_free)) ^ 6))
    + ((22528 / 19683) * (q_free ^ 10) * ((1 + ((-3 / 2) * p_1)) ^ 10) * ((1 + ((-2 / 3) * q_free))
    ^ 2)) + ((112640 / 19683) * (q_free ^ 9) * ((1 + ((-3 / 2) * p_1)) ^ 9) * ((1 + ((-2 / 3) *
    q_free)) ^ 3))) ->
  u_2 = (q_free * (/ ((1 + ((-1) * p_2))))) ->
  u_3 = (q_free * (/ ((1 + ((-1) * p_3))))) ->
  u_4 = (q_free * (/ ((1 + ((-1) * p_4))))) ->
  u_5 = (q_free * (/ ((1 + ((-1) * p_5))))) ->
  (* lower *)   0.090790682849915367 <= ((p_1 * (beta_1 ^ 2) * ((1 + ((-1) * p_1)) ^ 12)) + (p_2 *
    (beta_2 ^ 2) * ((1 + ((-1) * p_2)) ^ 12)) + (p_3 * (beta_3 ^ 2) * ((1 + ((-1) * p_3)) ^ 12)) +
    (p_4 * (beta_4 ^ 2) * ((1 + ((-1) * p_4)) ^ 12)) + (p_5 * (beta_5 ^ 2) * ((1 + ((-1) * p_5)) ^
    12))) <= 0.090790682849915368 /\   (* upper *)   0.12133427058567931 <= ((p_2 * (((B_tail ^ 2) *
    (((1 + ((-1) * p_2 * u_2)) ^ 12) + ((-1) * ((1 + ((-1) * p_2)) ^ 12)))) + ((beta_2 ^ 2) * ((1 +
    ((-1) * p_2)) ^ 12)))) + (p_3 * (((B_tail ^ 2) * (((1 + ((-1) * p_3 * u_3)) ^ 12) + ((-1) * ((1
    + ((-1) * p_3)) ^ 12)))) + ((beta_3 ^ 2) * ((1 + ((-1) * p_3)) ^ 12)))) + (p_4 * (((B_tail ^ 2)
    * (((1 + ((-1) * p_4 * u_4)) ^ 12) + ((-1) * ((1 + ((-1) * p_4)) ^ 12)))) + ((beta_4 ^ 2) * ((1
    + ((-1) * p_4)) ^ 12)))) + (p_5 * (((B_tail ^ 2) * (((1 + ((-1) * p_5 * u_5)) ^ 12) + ((-1) *
    ((1 + ((-1) * p_5)) ^ 12)))) + ((beta_5 ^ 2) * ((1 + ((-1) * p_5)) ^ 12)))) + (S * (B ^ 2) *
    (lesser 1 pi_k))) <= 0.12133427058567932.
Proof.
unfold lesser, greater; intros is_beta_1 is_beta_2 is_beta_3 is_beta_4 is_beta_5 is_Z is_c is_p_1
    is_p_2 is_p_3 is_p_4 is_p_5 is_B is_B_tail is_S is_q_free is_pi_k is_u_2 is_u_3 is_u_4 is_u_5.
known is_beta_1.
known is_beta_2.
known is_beta_3.
known is_beta_4.
known is_beta_5.
known is_Z.
known is_c.
known is_p_1.
known is_p_2.
known is_p_3.
known is_p_4.
known is_p_5.
known is_B.
known is_B_tail.
known is_S.
known is_q_free.
known is_pi_k.
known is_u_2.
known is_u_3.
known is_u_4.
known is_u_5.
split; interval with (i_prec 120).
Qed.

(* n = 6, d = 5, s = 3, alpha = 1.25, beta-exponent = -0.5, sigma = 0.05, k = 1 *)
Theorem sides_are_enclosed_3 beta_1 beta_2 beta_3 beta_4 beta_5 Z c p_1 p_2 p_3 p_4 p_5 B B_tail S
    q_free pi_k u_2 u_3 u_4 u_5 :
  beta_1 = 1 ->
  beta_2 = (exp ((1 / 2) * ln 2)) ->
  beta_3 = (exp ((1 / 2) * ln 3)) ->
  beta_4 = 2 ->
  beta_5 = (exp ((1 / 2) * ln 5)) ->
  Z = (1 + ((1 / 4) * (exp ((3 / 4) * ln 2))) + ((1 / 8) * (exp ((1 / 2) * ln 2))) + ((1 / 9) * (exp
    ((3 / 4) * ln 3))) + ((1 / 25) * (exp ((3 / 4) * ln 5)))) ->
  c = (3 * (/ (Z))) ->
  p_1 = (lesser 1 c) ->
  p_2 = (lesser 1 ((1 / 4) * c * (exp ((3 / 4) * ln 2)))) ->
  p_3 = (lesser 1 ((1 / 9) * c * (exp ((3 / 4) * ln 3)))) ->
  p_4 = (lesser 1 ((1 / 8) * c * (exp ((1 / 2) * ln 2)))) ->
  p_5 = (lesser 1 ((1 / 25) * c * (exp ((3 / 4) * ln 5)))) ->
  B = (greater beta_1 beta_5) ->
  B_tail = (greater beta_2 beta_5) ->
  S = (p_1 + p_2 + p_3 + p_4 + p_5) ->
  q_free = ((1 + ((-1) * p_2)) * (1 + ((-1) * p_3)) * (1 + ((-1) * p_4)) * (1 + ((-1) * p_5))) ->
  pi_k = (((1 + ((-2 / 3) * q_free)) ^ 6) + ((64 / 729) * (q_free ^ 6) * ((1 + ((-3 / 2) * p_1)) ^
    6)) + (4 * q_free * ((1 + ((-2 / 3) * q_free)) ^ 5) * (1 + ((-3 / 2) * p_1))) + ((20 / 3) *
    (q_free ^ 2) * ((1 + ((-3 / 2) * p_1)) ^ 2) * ((1 + ((-2 / 3) * q_free)) ^ 4)) + ((64 / 81) *
    (q_free ^ 5) * ((1 + ((-3 / 2) * p_1)) ^ 5) * (1 + ((-2 / 3) * q_free))) + ((80 / 27) * (q_free
    ^ 4) * ((1 + ((-3 / 2) * p_1)) ^ 4) * ((1 + ((-2 / 3) * q_free)) ^ 2)) + ((160 / 27) * (q_free ^
    3) * ((1 + ((-3 / 2) * p_1)) ^ 3) * ((1 + ((-2 / 3) * q_free)) ^ 3))) ->
  u_2 = (q_free * (/ ((1 + ((-1) * p_2))))) ->
  u_3 = (q_free * (/ ((1 + ((-1) * p_3))))) ->
  u_4 = (q_free * (/ ((1 + ((-1) * p_4))))) ->
  u_5 = (q_free * (/ ((1 + ((-1) * p_5))))) ->
  (* lower *)   0.49252255789434112 <= ((p_1 * (beta_1 ^ 2) * ((1 + ((-1) * p_1)) ^ 6)) + (p_2 *
    (beta_2 ^ 2) * ((1 + ((-1) * p_2)) ^ 6)) + (p_3 * (beta_3 ^ 2) * ((1 + ((-1) * p_3)) ^ 6)) +
    (p_4 * (beta_4 ^ 2) * ((1 + ((-1) * p_4)) ^ 6)) + (p_5 * (beta_5 ^ 2) * ((1 + ((-1) * p_5)) ^
    6))) <= 0.49252255789434113 /\   (* upper *)   8.8896028541540295 <= ((p_2 * (((B_tail ^ 2) *
    (((1 + ((-1) * p_2 * u_2)) ^ 6) + ((-1) * ((1 + ((-1) * p_2)) ^ 6)))) + ((beta_2 ^ 2) * ((1 +
    ((-1) * p_2)) ^ 6)))) + (p_3 * (((B_tail ^ 2) * (((1 + ((-1) * p_3 * u_3)) ^ 6) + ((-1) * ((1 +
    ((-1) * p_3)) ^ 6)))) + ((beta_3 ^ 2) * ((1 + ((-1) * p_3)) ^ 6)))) + (p_4 * (((B_tail ^ 2) *
    (((1 + ((-1) * p_4 * u_4)) ^ 6) + ((-1) * ((1 + ((-1) * p_4)) ^ 6)))) + ((beta_4 ^ 2) * ((1 +
    ((-1) * p_4)) ^ 6)))) + (p_5 * (((B_tail ^ 2) * (((1 + ((-1) * p_5 * u_5)) ^ 6) + ((-1) * ((1 +
    ((-1) * p_5)) ^ 6)))) + ((beta_5 ^ 2) * ((1 + ((-1) * p_5)) ^ 6)))) + (S * (B ^ 2) * (lesser 1
    pi_k))) <= 8.8896028541540296.
Proof.
unfold lesser, greater; intros is_beta_1 is_beta_2 is_beta_3 is_beta_4 is_beta_5 is_Z is_c is_p_1
    is_p_2 is_p_3 is_p_4 is_p_5 is_B is_B_tail is_S is_q_free is_pi_k is_u_2 is_u_3 is_u_4 is_u_5.
known is_beta_1.
known is_beta_2.
known is_beta_3.
known is_beta_4.
known is_beta_5.
known is_Z.
known is_c.
known is_p_1.
known is_p_2.
known is_p_3.
known is_p_4.
known is_p_5.
known is_B.
known is_B_tail.
known is_S.
known is_q_free.
known is_pi_k.
known is_u_2.
known is_u_3.
known is_u_4.
known is_u_5.
split; interval with (i_prec 120).
Qed.
